-- One row a lab run and test whose base run is looked at, or that is looked at itself, the newest first.
select r.run_id as lab_run_id, r.base_run_id, r.run_status, i.lab_test, count(distinct i.request_id) as n_requests
from runs r
join interventions i on i.run_id = r.run_id
where r.base_run_id in ($run_ids) or r.run_id in ($run_ids)
group by r.run_id, r.base_run_id, r.run_status, r.planned_at, i.lab_test
order by r.planned_at desc, r.run_id, i.lab_test
