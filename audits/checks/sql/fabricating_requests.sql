-- One row a request with a contradicted claim about an item, the one with most of them first.
-- uses: scope
select k.request_id
from scope q
join claims k on k.run_id = q.run_id and k.request_id = q.request_id
where k.verdict = 'contradicted' and k.claim_kind = 'fact'
group by k.request_id
order by count(*) desc, k.request_id
limit $n_rows
