-- One row a run, newest first: its dataset, its recommender and how it ended.
select run_id, dataset_fingerprint, recommender, run_status
from runs
order by planned_at desc, run_id
