-- One row a request whose answer, reasons, steps or list hold personal data that its prompt does not hold.
-- uses: scope
select q.request_id, count(*) as n_finds
from scope q
join personal_data p on p.run_id = q.run_id and p.request_id = q.request_id
where p.field in ('answer', 'rationale', 'step', 'raw_text') and not p.in_prompt
group by q.run_id, q.request_id
order by q.run_id, n_finds desc, q.request_id
limit $n_rows
