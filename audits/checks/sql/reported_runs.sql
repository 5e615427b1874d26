-- One row a run: what its model, prompts and packages were, and how far its journal was read.
select r.run_id, r.model_digest, r.device, r.prompt_hashes_json, r.package_versions_json, j.n_records, j.head_hash,
    j.problem
from runs r
left join journals j on j.run_id = r.run_id
where r.run_id in ($run_ids)
