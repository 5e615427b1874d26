-- One row a run: where it ran, and its model.
select run_id, device, model_name
from runs
where run_id in ($run_ids)
order by run_id
