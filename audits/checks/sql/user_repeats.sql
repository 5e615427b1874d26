-- One row a run and user with at least two scored answers to the same request: how many, their sum and sum of squares.
-- uses: metric_rows
select run_id, user_id, count(metric_value) as n_scored, sum(metric_value) as value_sum,
    sum(metric_value * metric_value) as square_sum
from metric_rows
where metric_value is not null
group by run_id, user_id
having count(metric_value) > 1
order by run_id, user_id
