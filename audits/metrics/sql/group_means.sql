-- One row a run and group that is shown: the metric of its users, scored and unscored users.
-- uses: user_parts, user_groups, grouped_users
select g.run_id, g.group_1, g.group_2, g.group_3, g.group_4, g.group_5, g.group_6,
    sum(v.part) / nullif(sum(case when v.part is not null then v.whole end), 0) as measured,
    count(v.part) as n_users, count(*) - count(v.part) as n_unscored
from grouped_users g
join user_parts v on v.run_id = g.run_id and v.user_id = g.user_id
group by g.run_id, g.group_1, g.group_2, g.group_3, g.group_4, g.group_5, g.group_6
having count(v.part) >= $min_people
    and concat(g.group_1, ' + ', g.group_2, ' + ', g.group_3, ' + ', g.group_4, ' + ', g.group_5, ' + ', g.group_6)
        not in ($hidden_groups)
order by g.run_id, g.group_1, g.group_2, g.group_3, g.group_4, g.group_5, g.group_6
