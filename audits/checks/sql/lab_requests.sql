-- One row a request of a lab run whose base request is in scope: what it changes, and whether it was answered.
-- uses: scope
select i.run_id as lab_run_id, i.request_id, q.run_id as base_run_id, q.request_id as base_request_id, q.user_id,
    q.requested_k, i.lab_test, i.lab_level, i.item_id, r.request_status
from scope q
join interventions i on i.base_run_id = q.run_id and i.base_request_id = q.request_id
join requests r on r.run_id = i.run_id and r.request_id = i.request_id
where i.run_id in ($lab_run_ids)
