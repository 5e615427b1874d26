-- One row a run: the head of its journal, which changes with every record.
select run_id, head_hash
from journals
where run_id in ($run_ids)
