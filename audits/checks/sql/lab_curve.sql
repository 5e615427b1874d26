-- One row a lab run, test and level: users, requests that failed, mean over users of same top and rank-biased overlap.
-- uses: lab_similarity
select lab_run_id, lab_test, lab_level, count(distinct user_id) as n_users,
    count(*) - count(overlap) as n_failed, avg(same_top) as same_top, avg(overlap) as mean_overlap
from (
    select lab_run_id, lab_test, lab_level, user_id, avg(same_top) as same_top, avg(overlap) as overlap
    from lab_similarity
    group by lab_run_id, lab_test, lab_level, user_id
) u
group by lab_run_id, lab_test, lab_level
order by lab_run_id, lab_test, lab_level
