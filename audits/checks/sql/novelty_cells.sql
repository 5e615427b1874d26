-- One row a run and group of new or known users: scored users, sum and sum of squares of their values, unscored users.
-- uses: novelty_values
select run_id, cast(novelty as varchar) as group_1, count(user_value) as n_users,
    coalesce(sum(user_value), 0.0) as value_sum, coalesce(sum(user_value * user_value), 0.0) as square_sum,
    count(*) - count(user_value) as n_unscored
from novelty_values
group by run_id, novelty
order by run_id, novelty
