-- Number a dataset's users in the order of their ids, from 1.
update store.users
set user_number = n.user_number
from (
    select user_id, cast(row_number() over (order by user_id) as integer) as user_number
    from store.users
    where dataset_fingerprint = $1
) n
where users.dataset_fingerprint = $1 and users.user_id = n.user_id
