-- One row a request, where each user has one in scope: the user's part and whole; part is null where there is neither.
-- uses: ratio_rows
select request_no, case when whole > 0 or part > 0 then cast(coalesce(part, 0) as double) end as part,
    cast(coalesce(whole, 0) as double) as whole
from ratio_rows
