-- One row a run and user: part and whole, summed over the user's requests; part is null where there is neither.
-- uses: ratio_rows
select run_id, user_id, case when sum(whole) > 0 or sum(part) > 0 then coalesce(sum(part), 0) * 1.0 end as part,
    coalesce(sum(whole), 0) * 1.0 as whole
from ratio_rows
group by run_id, user_id
