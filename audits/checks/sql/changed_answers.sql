-- One row an answer to a statement that is not the user's own value and that changed it: less like the neutral answers
-- than any two of these are like each other.
-- uses: pair_similarity
select x.run_id, x.request_id, x.user_id, x.attribute
from (
    select p.run_id, p.request_id, p.user_id, p.attribute, p.stated_value, p.dataset_fingerprint,
        avg(case when $similarity = 'jaccard' then p.jaccard when $similarity = 'serp' then p.serp else p.prag end)
            as mean_similarity
    from pair_similarity p
    where p.variant <> $variant
    group by p.run_id, p.request_id, p.user_id, p.attribute, p.stated_value, p.dataset_fingerprint
) x
join (
    select n.run_id, n.user_id,
        min(case when $similarity = 'jaccard' then n.jaccard when $similarity = 'serp' then n.serp else n.prag end)
            as least_similarity
    from pair_similarity n
    where n.variant = $variant
    group by n.run_id, n.user_id
) f on f.run_id = x.run_id and f.user_id = x.user_id
left join (
    select dataset_fingerprint, user_id, attribute, max(trim(attribute_value)) as own_value
    from user_attributes
    group by dataset_fingerprint, user_id, attribute
) a on a.dataset_fingerprint = x.dataset_fingerprint and a.user_id = x.user_id and a.attribute = x.attribute
where x.mean_similarity < f.least_similarity - 1e-9 and coalesce(a.own_value, '') <> x.stated_value
