-- One row a user of a dataset.
select user_id
from users
where dataset_fingerprint = $dataset_fingerprint
