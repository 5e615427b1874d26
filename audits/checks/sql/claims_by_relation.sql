-- One row an origin and relation that a run claims, the most frequent first: claims by verdict.
-- uses: scope
select k.origin, k.claim_kind, k.relation, count(*) as n_claims,
    sum(case when k.verdict = 'supported' then 1 else 0 end) as n_supported,
    sum(case when k.verdict = 'contradicted' then 1 else 0 end) as n_contradicted,
    sum(case when k.verdict = 'unverifiable' then 1 else 0 end) as n_unverifiable,
    sum(case when k.verdict = 'unscored' then 1 else 0 end) as n_unscored, k.run_id
from scope q
join claims k on k.run_id = q.run_id and k.request_id = q.request_id
where k.relation is not null
group by k.run_id, k.origin, k.claim_kind, k.relation
order by k.run_id, k.origin, n_claims desc, k.relation
