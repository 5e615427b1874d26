-- One row a run with requests in scope, numbered; how many numbers the requests of the runs before take up; and what is
-- asked of a run often.
-- uses: scope
-- kept
select r.run_id, r.dataset_fingerprint, r.allows_repeat_consumption, r.score_kind,
    cast(row_number() over (order by r.run_id) as integer) as run_no,
    cast(
        coalesce(sum(n.n_numbers) over (order by r.run_id rows between unbounded preceding and 1 preceding), 0) as integer
    ) as requests_before
from runs r
join (select s.run_id, max(s.request_index) + 1 as n_numbers from scope s group by s.run_id) n on n.run_id = r.run_id
