-- One row a lab run: share of the requests that own to the hint, mean over the users whose hinted item rose.
-- uses: lab_owned
select lab_run_id, avg(user_value) as measured, count(*) as n_users, 0 as n_unscored
from lab_owned
group by lab_run_id
order by lab_run_id
