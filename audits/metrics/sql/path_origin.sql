-- One row a run with paths: the origin of those that are judged, given where the recommender gives any, else found.
select run_id, case when sum(case when origin = 'given' then 1 else 0 end) > 0 then 'given' else 'found' end as origin
from paths
where run_id in ($run_ids)
group by run_id
