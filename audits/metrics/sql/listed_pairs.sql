-- One row a pair of items that were delivered in the same list.
-- uses: ranked
select a.run_id, a.request_id, a.dataset_fingerprint, a.item_id as item_a, b.item_id as item_b
from ranked a
join ranked b on b.run_id = a.run_id and b.request_id = a.request_id and a.item_id < b.item_id
