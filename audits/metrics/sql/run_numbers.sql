-- One row a run with requests in scope, numbered, and what is asked of it often.
-- uses: scope
-- kept
select r.run_id, r.dataset_fingerprint, r.allows_repeat_consumption, r.score_kind,
    cast(row_number() over (order by r.run_id) as integer) as run_no
from runs r
where r.run_id in (select distinct s.run_id from scope s)
