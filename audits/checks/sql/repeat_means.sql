-- One row a run and repeat: users that are scored in it, and their mean.
-- uses: scope, metric_rows
select s.run_id, s.repeat_index + 1 as repeat, count(m.metric_value) as n_users, round(avg(m.metric_value), 4) as measured
from scope s
join metric_rows m on m.run_id = s.run_id and m.request_id = s.request_id
group by s.run_id, s.repeat_index
order by s.run_id, s.repeat_index
