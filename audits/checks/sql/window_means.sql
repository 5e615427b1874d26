-- One row a run and time window that is shown: mean of the metric over its users, scored and unscored ones.
-- uses: window_values
select run_id, cast(window_index as varchar) as group_1, avg(user_value) as measured, count(user_value) as n_users,
    count(*) - count(user_value) as n_unscored
from window_values
group by run_id, window_index
having count(user_value) >= $min_people and cast(window_index as varchar) not in ($hidden_groups)
order by run_id, window_index
