-- One row a run and time window: scored users, sum and sum of squares of their values, unscored users.
-- uses: window_values
select run_id, cast(window_index as varchar) as group_1, count(user_value) as n_users,
    coalesce(sum(user_value), 0.0) as value_sum, coalesce(sum(user_value * user_value), 0.0) as square_sum,
    count(*) - count(user_value) as n_unscored
from window_values
group by run_id, window_index
order by run_id, window_index
