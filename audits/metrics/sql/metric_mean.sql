-- One row a run: mean of the metric over users, users that it is taken over, their variance, users without a value.
-- uses: user_values
select run_id, avg(user_value) as measured, count(user_value) as n_users, var_samp(user_value) as user_variance,
    count(*) - count(user_value) as n_unscored
from user_values
group by run_id
order by run_id
