-- One row a run: sum of the parts over the sum of the wholes, the wholes counted, and users without any whole.
-- uses: ratio_rows
select run_id, sum(part) * 1.0 / nullif(sum(whole), 0) as measured, sum(whole) as n_units,
    count(distinct user_id) - count(distinct case when whole > 0 then user_id end) as n_unscored
from ratio_rows
group by run_id
order by run_id
