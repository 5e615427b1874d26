-- One row a text that names nothing in the catalogue, the most frequent first: how often, whether near, and one request.
-- The place that a line of an answer begins with, "1. ", is left out.
-- uses: scope
select text as raw_text, count(*) as n_times, max(outcome_detail) as outcome_detail, min(request_id) as request_id, run_id
from (
    select s.run_id, s.request_id, s.outcome_detail, regexp_replace(trim(s.raw_text), '^[0-9]+[.)] +', '') as text
    from scope q
    join slots s on s.run_id = q.run_id and s.request_id = q.request_id
    where q.request_status = 'answered' and s.outcome = 'out_of_catalogue' and s.slot_rank <= q.requested_k
) invented
group by run_id, text
order by run_id, n_times desc, text
limit $n_rows
