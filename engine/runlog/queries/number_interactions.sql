-- Give a dataset's interactions the numbers of their users and items; null: the item is not in the catalogue.
update store.interactions
set
    user_number = (
        select u.user_number from store.users u where u.dataset_fingerprint = $1 and u.user_id = interactions.user_id
    ),
    item_number = (
        select i.item_number from store.items i where i.dataset_fingerprint = $1 and i.item_id = interactions.item_id
    )
where dataset_fingerprint = $1
