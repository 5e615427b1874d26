-- One row a run and model that was called.
-- uses: scope
select q.run_id, g.gen_ai_request_model, count(*) as n_calls
from scope q
join generations g on g.run_id = q.run_id and g.request_id = q.request_id
group by q.run_id, g.gen_ai_request_model
order by q.run_id, n_calls desc, g.gen_ai_request_model
