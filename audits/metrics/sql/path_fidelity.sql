-- One row a request: its given paths of which every hop is a triple that joins the hop before, of all its given paths.
-- uses: scope, path_truth
select q.run_id, q.request_id, q.user_id, coalesce(sum(t.is_true), 0) as part, count(t.path_index) as whole
from scope q
left join path_truth t on t.run_id = q.run_id and t.request_id = q.request_id and t.origin = 'given'
group by q.run_id, q.request_id, q.user_id
