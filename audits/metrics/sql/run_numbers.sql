-- One row a run, numbered, and what is asked of it often.
-- kept
select r.run_id, r.dataset_fingerprint, r.allows_repeat_consumption, r.score_kind,
    cast(row_number() over (order by r.run_id) as integer) as run_no
from runs r
where r.run_id in ($run_ids)
