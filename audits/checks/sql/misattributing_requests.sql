-- One row a request with an item that the user never had, the one with most of them first.
-- uses: scope
select k.request_id
from scope q
join claims k on k.run_id = q.run_id and k.request_id = q.request_id
where k.verdict = 'contradicted' and k.relation = 'in_history' and k.claimed_value not like 'not %'
group by k.request_id
order by count(*) desc, k.request_id
limit $n_rows
