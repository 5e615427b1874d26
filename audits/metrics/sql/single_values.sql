-- One row a run and user, where each user has one request in scope: the metric of it; null where it is not scored.
-- uses: metric_rows
select run_id, user_id, cast(metric_value as double) as user_value
from metric_rows
