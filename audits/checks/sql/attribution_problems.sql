-- One row a run whose recommendations could not be explained, or not all that were to be: why.
select run_id, problem
from derived
where table_name = 'attributions' and problem is not null and run_id in ($run_ids)
order by run_id
