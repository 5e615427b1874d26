-- One row a run, newest first: its dataset, its recommender, how it ended, and the run that it changes the requests of.
select run_id, dataset_fingerprint, recommender, run_status, base_run_id
from runs
order by planned_at desc, run_id
