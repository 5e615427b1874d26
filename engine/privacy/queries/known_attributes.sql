-- One row a user and attribute of a dataset.
select user_id, attribute, attribute_value
from user_attributes
where dataset_fingerprint = $dataset_fingerprint
