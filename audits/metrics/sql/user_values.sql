-- One row a run and user: the mean of the metric over the user's scored requests; null where none is scored.
-- uses: metric_rows
select run_id, user_id, avg(metric_value) as user_value
from metric_rows
group by run_id, user_id
