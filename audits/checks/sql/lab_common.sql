-- One row a lab request and thing that both its list and the base list hold: the rank from which both hold it.
-- uses: lab_requests, lab_answers
select q.lab_run_id, q.request_id, b.answer_key, greatest(a.answer_rank, b.answer_rank) as entered_at
from lab_requests q
join lab_answers a on a.run_id = q.lab_run_id and a.request_id = q.request_id
join lab_answers b on b.run_id = q.base_run_id and b.request_id = q.base_request_id and b.answer_key = a.answer_key
