-- One row a dataset of the runs of which something must be said wherever its numbers are shown.
select distinct d.dataset_name, d.disclosure
from runs r
join datasets d on d.dataset_fingerprint = r.dataset_fingerprint
where r.run_id in ($run_ids) and d.disclosure <> ''
order by d.dataset_name
