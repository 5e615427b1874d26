-- One row a lab request about an item: its rank in the base and in the new list, k + 1: not in it; null: failed.
-- uses: lab_requests, lab_answers
select q.lab_run_id, q.request_id, q.base_run_id, q.base_request_id, q.user_id, q.lab_test, q.lab_level, q.item_id,
    coalesce(b.answer_rank, q.requested_k + 1) as base_rank,
    case when q.request_status = 'answered' then coalesce(a.answer_rank, q.requested_k + 1) end as lab_rank, q.requested_k
from lab_requests q
left join lab_answers b on b.run_id = q.base_run_id and b.request_id = q.base_request_id and b.answer_key = q.item_id
left join lab_answers a on a.run_id = q.lab_run_id and a.request_id = q.request_id and a.answer_key = q.item_id
where q.item_id is not null
