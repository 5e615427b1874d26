-- One row a lab run: change by a test, that of unchanged requests, and what is measured of them, mean over the users.
-- uses: lab_net
select lab_run_id, avg(case when user_value is not null then effect end) as effect,
    avg(case when user_value is not null then noise end) as noise, avg(user_value) as measured,
    count(user_value) as n_users, count(*) - count(user_value) as n_unscored
from lab_net
group by lab_run_id
order by lab_run_id
