-- Give the requests of a dataset's runs the numbers of their users, where they came before the dataset did.
update store.requests
set user_number = u.user_number
from store.users u
where u.dataset_fingerprint = $1 and u.user_id = requests.user_id and requests.user_number is null
    and requests.run_id in (select run_id from store.runs where dataset_fingerprint = $1)
