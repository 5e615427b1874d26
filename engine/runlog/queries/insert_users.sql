-- Users of a dataset.
insert into store.users (dataset_fingerprint, user_id) select ?, user_id from incoming
