-- One row a lab run: how often hinted items are where they are looked for, with the hint, without, and the difference.
-- uses: lab_hinted
select lab_run_id, avg(case when user_value is not null then hinted_value end) as hinted_value,
    avg(case when user_value is not null then unhinted_value end) as unhinted_value, avg(user_value) as measured,
    count(user_value) as n_users, count(*) - count(user_value) as n_unscored
from lab_hinted
group by lab_run_id
order by lab_run_id
