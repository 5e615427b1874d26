-- One row a run, time window and user: the mean of the metric over the user's scored requests in it.
-- uses: metric_rows, request_moments
select m.run_id, m.window_index, m.user_id, avg(x.metric_value) as user_value
from request_moments m
join metric_rows x on x.run_id = m.run_id and x.request_id = m.request_id
group by m.run_id, m.window_index, m.user_id
