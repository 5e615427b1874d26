-- Interactions of a dataset, each with how many its user has.
insert into store.interactions
    (dataset_fingerprint, user_id, item_id, interacted_at, rating, position, n_user_interactions, held_out)
select ?, user_id, item_id, make_timestamp(timestamp * 1000000), rating, position,
    count(*) over (partition by user_id), held_out
from incoming
order by user_id, position
