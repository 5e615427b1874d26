-- One row a run of the datasets looked at, whether it is looked at itself or not: what people could call it.
select run_id, label, recommender, model_name, seed, k
from runs
where dataset_fingerprint in (select dataset_fingerprint from runs where run_id in ($run_ids))
order by run_id
