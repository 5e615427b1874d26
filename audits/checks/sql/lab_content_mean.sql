-- One row a lab run: how much wrong terms and a paraphrase changed the lists, mean over the users with both.
-- uses: lab_content
select lab_run_id, avg(case when user_value is not null then wrong_value end) as wrong_value,
    avg(case when user_value is not null then reworded_value end) as reworded_value, avg(user_value) as measured,
    count(user_value) as n_users, count(*) - count(user_value) as n_unscored
from lab_content
group by lab_run_id
order by lab_run_id
