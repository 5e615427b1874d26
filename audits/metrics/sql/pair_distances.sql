-- One row a pair of items that share a list and both have labels: 1 - Jaccard similarity of their labels.
-- uses: listed_pairs, label_sets
select p.dataset_fingerprint, p.item_a, p.item_b,
    1.0 - coalesce(x.n_shared, 0) / nullif(m.n_labels + n.n_labels - coalesce(x.n_shared, 0), 0) as distance
from (select distinct dataset_fingerprint, item_a, item_b from listed_pairs) p
join (
    select dataset_fingerprint, item_id, count(*) as n_labels from label_sets group by dataset_fingerprint, item_id
) m on m.dataset_fingerprint = p.dataset_fingerprint and m.item_id = p.item_a
join (
    select dataset_fingerprint, item_id, count(*) as n_labels from label_sets group by dataset_fingerprint, item_id
) n on n.dataset_fingerprint = p.dataset_fingerprint and n.item_id = p.item_b
left join (
    select y.dataset_fingerprint, y.item_a, y.item_b, count(*) as n_shared
    from (select distinct dataset_fingerprint, item_a, item_b from listed_pairs) y
    join label_sets s on s.dataset_fingerprint = y.dataset_fingerprint and s.item_id = y.item_a
    join label_sets t on t.dataset_fingerprint = y.dataset_fingerprint and t.item_id = y.item_b and t.label = s.label
    group by y.dataset_fingerprint, y.item_a, y.item_b
) x on x.dataset_fingerprint = p.dataset_fingerprint and x.item_a = p.item_a and x.item_b = p.item_b
