-- One row: what must be said of a dataset.
select disclosure
from datasets
where dataset_fingerprint = ?
limit 1
