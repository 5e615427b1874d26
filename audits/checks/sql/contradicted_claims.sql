-- One row a contradicted claim, the most frequent first: the sentence, what it claims, what says otherwise, one request.
-- uses: scope
select k.sentence, k.relation, k.claimed_value, k.evidence, k.origin, count(*) as n_times,
    min(k.request_id) as request_id, k.run_id
from scope q
join claims k on k.run_id = q.run_id and k.request_id = q.request_id
where k.verdict = 'contradicted'
group by k.run_id, k.sentence, k.relation, k.claimed_value, k.evidence, k.origin
order by k.run_id, n_times desc, k.sentence, k.relation, k.claimed_value, k.evidence, k.origin
limit $n_rows
