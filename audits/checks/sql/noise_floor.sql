-- One row a run: how far neutral answers to the same request differ, mean over users; users asked once are unscored.
-- uses: noise_by_user
select run_id, avg(difference) as measured, count(difference) as n_users, count(*) - count(difference) as n_unscored
from noise_by_user
group by run_id
order by run_id
