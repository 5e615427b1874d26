-- One row a request: mean distance of the pairs of its delivered items that both have labels; null without such a pair.
-- uses: scope, ranked, listed_pairs, label_sets, pair_distances
select q.run_id, q.request_id, q.user_id, avg(x.distance) as metric_value
from scope q
left join listed_pairs p on p.run_id = q.run_id and p.request_id = q.request_id
left join pair_distances x on x.dataset_fingerprint = p.dataset_fingerprint and x.item_a = p.item_a
    and x.item_b = p.item_b
group by q.run_id, q.request_id, q.user_id
