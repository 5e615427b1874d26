-- One row a run with requests in scope, numbered; how many numbers the requests of the runs before take up, those that are
-- not in scope as well; and what is asked of a run often.
-- uses: scope
-- kept
select r.run_id, r.dataset_fingerprint, r.allows_repeat_consumption, r.score_kind,
    cast(row_number() over (order by r.run_id) as integer) as run_no,
    cast(
        coalesce(sum(n.n_numbers) over (order by r.run_id rows between unbounded preceding and 1 preceding), 0) as integer
    ) as requests_before
from runs r
join (select distinct run_id from scope) s on s.run_id = r.run_id
join (
    select q.run_id, max(q.request_index) + 1 as n_numbers from requests q where q.run_id in ($run_ids) group by q.run_id
) n on n.run_id = r.run_id
