-- One row a lab run: outcome of the named and of the random change, and their difference, mean over users with both.
-- uses: lab_contrast
select lab_run_id, avg(case when user_value is not null then named_value end) as named_value,
    avg(case when user_value is not null then random_value end) as random_value, avg(user_value) as measured,
    count(user_value) as n_users, count(*) - count(user_value) as n_unscored
from lab_contrast
group by lab_run_id
order by lab_run_id
