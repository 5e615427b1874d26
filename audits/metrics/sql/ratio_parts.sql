-- One row a run and user: part and whole, summed over the user's requests; part is null where there is neither.
-- uses: user_ratios
select run_id, user_id, case when whole_sum > 0 or part_sum > 0 then cast(coalesce(part_sum, 0) as double) end as part,
    cast(coalesce(whole_sum, 0) as double) as whole
from user_ratios
