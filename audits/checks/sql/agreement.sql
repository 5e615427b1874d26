-- One row a run: agreement of answers to the same request, mean over users, and users without two answers.
-- uses: agreement_by_user
select a.run_id, avg(a.chosen) as measured, count(a.chosen) as n_users, count(*) - count(a.chosen) as n_unscored
from (
    select run_id, case $agreement when 'jaccard' then jaccard when 'rbo' then rbo else same_top end as chosen
    from agreement_by_user
) a
group by a.run_id
order by a.run_id
