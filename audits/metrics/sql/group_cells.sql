-- One row a run and combination of attribute values: scored users, sum and sum of squares of their values, unscored.
-- uses: user_values, user_groups
select g.run_id, g.group_1, g.group_2, g.group_3, g.group_4, g.group_5, g.group_6, count(v.user_value) as n_users,
    coalesce(sum(v.user_value), 0.0) as value_sum, coalesce(sum(v.user_value * v.user_value), 0.0) as square_sum,
    count(*) - count(v.user_value) as n_unscored
from user_groups g
join user_values v on v.run_id = g.run_id and v.user_id = g.user_id
group by g.run_id, g.group_1, g.group_2, g.group_3, g.group_4, g.group_5, g.group_6
order by g.run_id, g.group_1, g.group_2, g.group_3, g.group_4, g.group_5, g.group_6
