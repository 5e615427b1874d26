-- One row: who made the claims of a run, and with which judge.
select producer
from derived
where table_name = 'claims' and run_id = $run_id
