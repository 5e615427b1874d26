-- One row a text that names nothing in the catalogue, the most frequent first: how often, whether near, and one request.
-- uses: scope
select s.raw_text, count(*) as n_times, max(s.outcome_detail) as outcome_detail, min(s.request_id) as request_id, s.run_id
from scope q
join slots s on s.run_id = q.run_id and s.request_id = q.request_id
where q.request_status = 'answered' and s.outcome = 'out_of_catalogue' and s.slot_rank <= q.requested_k
group by s.run_id, s.raw_text
order by s.run_id, n_times desc, s.raw_text
limit $n_rows
