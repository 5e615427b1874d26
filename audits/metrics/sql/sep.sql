-- One row a request: mean popularity, within its kind, of the entity that the first path of each item ends through.
-- uses: scope, path_facts, entity_popularity, weighted_popularity
select q.run_id, q.request_id, q.user_id, avg(m.weighted_links / nullif(n.weighted_links, 0)) as metric_value
from scope q
left join path_facts f on f.run_id = q.run_id and f.request_id = q.request_id and f.is_first = 1
left join entity_popularity s on s.dataset_fingerprint = f.dataset_fingerprint and s.entity_id = f.shared_entity
left join weighted_popularity m on m.dataset_fingerprint = s.dataset_fingerprint and m.kind = s.kind
    and m.last_place = s.last_place
left join weighted_popularity n on n.dataset_fingerprint = s.dataset_fingerprint and n.kind = s.kind
    and n.last_place = s.n_of_kind
group by q.run_id, q.request_id, q.user_id
