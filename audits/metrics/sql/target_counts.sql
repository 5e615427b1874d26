-- One row a request that has targets: how many.
select run_id, request_id, count(*) as n_targets
from targets
where run_id in ($run_ids)
group by run_id, request_id
