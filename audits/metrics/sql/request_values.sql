-- One row a request, where each user has one in scope: the user's part and whole, for a mean of the metric.
-- uses: metric_rows
select request_no, cast(metric_value as double) as part, case when metric_value is null then 0e0 else 1e0 end as whole
from metric_rows
