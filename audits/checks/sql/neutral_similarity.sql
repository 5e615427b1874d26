-- One row a run, user and form of the request: mean similarity of its answers to the user's neutral answers.
-- uses: pair_similarity
select run_id, user_id, variant, attribute, stated_value, dataset_fingerprint, count(*) as n_pairs,
    avg(jaccard) as jaccard, avg(serp_published) as serp_published, avg(serp) as serp,
    avg(prag_published) as prag_published, avg(prag) as prag,
    avg(case when $similarity = 'jaccard' then jaccard when $similarity = 'serp' then serp else prag end) as chosen
from pair_similarity
group by run_id, user_id, variant, attribute, stated_value, dataset_fingerprint
