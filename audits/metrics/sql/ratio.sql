-- One row a run: sum of the parts over the sum of the wholes, the wholes counted, and users without any whole.
-- uses: user_ratios
select run_id, sum(part_sum) / nullif(sum(whole_sum), 0) as measured, sum(whole_sum) as n_units,
    count(*) - count(case when whole_sum > 0 then 1 end) as n_unscored
from user_ratios
group by run_id
order by run_id
