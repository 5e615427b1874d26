-- One row a run, the oldest first: the run and its dataset.
select run_id, dataset_fingerprint
from runs
order by planned_at, run_id
