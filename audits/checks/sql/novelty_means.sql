-- One row a run and group of new or known users that is shown: mean of the metric over its users, scored and unscored ones.
-- uses: novelty_values
select run_id, cast(novelty as varchar) as group_1, avg(user_value) as measured, count(user_value) as n_users,
    count(*) - count(user_value) as n_unscored
from novelty_values
group by run_id, novelty
having count(user_value) >= $min_people and cast(novelty as varchar) not in ($hidden_groups)
order by run_id, novelty
