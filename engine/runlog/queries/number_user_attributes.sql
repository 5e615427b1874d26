-- Give the rows of a dataset's attributes the numbers of their users.
update store.user_attributes
set user_number = u.user_number
from store.users u
where user_attributes.dataset_fingerprint = $1 and u.dataset_fingerprint = $1 and u.user_id = user_attributes.user_id
