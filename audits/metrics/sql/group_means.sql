-- One row a run and group of enough people: mean of the metric over its users, scored and unscored users.
-- uses: user_values, user_groups
select g.run_id, g.group_1, g.group_2, g.group_3, g.group_4, g.group_5, g.group_6, avg(v.user_value) as measured,
    count(v.user_value) as n_users, count(*) - count(v.user_value) as n_unscored
from user_groups g
join user_values v on v.run_id = g.run_id and v.user_id = g.user_id
group by g.run_id, g.group_1, g.group_2, g.group_3, g.group_4, g.group_5, g.group_6
having count(v.user_value) >= $min_people
order by g.run_id, g.group_1, g.group_2, g.group_3, g.group_4, g.group_5, g.group_6
