-- One row: the dataset of a run.
select dataset_fingerprint
from runs
where run_id = $run_id
