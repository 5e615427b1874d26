-- One group attribute of all users of a dataset.
insert into store.user_attributes (dataset_fingerprint, user_id, attribute, attribute_value)
select ?, user_id, attribute, attribute_value from incoming
