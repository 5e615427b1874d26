-- Number a dataset's items in the order of their ids, from 1.
update store.items
set item_number = n.item_number
from (
    select item_id, cast(row_number() over (order by item_id) as integer) as item_number
    from store.items
    where dataset_fingerprint = $1
) n
where items.dataset_fingerprint = $1 and items.item_id = n.item_id
