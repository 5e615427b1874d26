-- Give a dataset's interactions the numbers of their users and items; null: the item is not in the catalogue.
update store.interactions
set user_number = u.user_number, item_number = i.item_number
from store.users u, store.items i
where interactions.dataset_fingerprint = $1 and u.dataset_fingerprint = $1 and u.user_id = interactions.user_id
    and i.dataset_fingerprint = $1 and i.item_id = interactions.item_id
