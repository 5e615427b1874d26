-- One row a user of a dataset, those that only a run knows among them.
select user_id
from users
where dataset_fingerprint = $dataset_fingerprint
union
select q.user_id
from requests q
join runs r on r.run_id = q.run_id
where r.dataset_fingerprint = $dataset_fingerprint
