-- One row a kind of entity and place that is asked for, or the last one: the moving average of links above the fewest.
-- uses: path_facts, entity_popularity
select w.dataset_fingerprint, w.kind, w.last_place,
    sum(
        $popularity_beta * power(1 - $popularity_beta, w.last_place - p.place) * (p.n_items - p.least)
    ) as weighted_links
from (
    select dataset_fingerprint, kind, n_of_kind as last_place
    from entity_popularity
    union
    select s.dataset_fingerprint, s.kind, s.last_place
    from path_facts f
    join entity_popularity s on s.dataset_fingerprint = f.dataset_fingerprint and s.entity_id = f.shared_entity
) w
join entity_popularity p on p.dataset_fingerprint = w.dataset_fingerprint and p.kind = w.kind
    and p.place <= w.last_place and p.place > w.last_place - 100
group by w.dataset_fingerprint, w.kind, w.last_place
