-- One row a run, group of users that is shown and group of items: its share of what they had, of what they were given,
-- of the exposure in their lists, and the bias disparity.
-- uses: user_item_groups, user_groups
select n.run_id, n.group_1, n.group_2, n.group_3, n.group_4, n.group_5, n.group_6, i.group_name, n.n_users,
    coalesce(t.n_had, 0.0) / nullif(n.n_had, 0) as had_share,
    coalesce(t.n_listed, 0.0) / nullif(n.n_listed, 0) as listed_share,
    coalesce(t.exposure, 0.0) / nullif(n.exposure, 0) as exposure_share,
    coalesce(t.n_listed, 0.0) / nullif(n.n_listed, 0) / nullif(t.n_had / nullif(n.n_had, 0), 0) - 1 as bias_disparity
from (
    select g.run_id, g.group_1, g.group_2, g.group_3, g.group_4, g.group_5, g.group_6,
        count(distinct case when u.exposure > 0 then u.user_id end) as n_users, sum(u.n_had) as n_had,
        sum(u.n_listed) as n_listed, sum(u.exposure) as exposure
    from user_groups g
    join user_item_groups u on u.run_id = g.run_id and u.user_id = g.user_id
    group by g.run_id, g.group_1, g.group_2, g.group_3, g.group_4, g.group_5, g.group_6
) n
join (select distinct run_id, group_name from user_item_groups) i on i.run_id = n.run_id
left join (
    select g.run_id, g.group_1, g.group_2, g.group_3, g.group_4, g.group_5, g.group_6, u.group_name,
        sum(u.n_had) as n_had, sum(u.n_listed) as n_listed, sum(u.exposure) as exposure
    from user_groups g
    join user_item_groups u on u.run_id = g.run_id and u.user_id = g.user_id
    group by g.run_id, g.group_1, g.group_2, g.group_3, g.group_4, g.group_5, g.group_6, u.group_name
) t on t.run_id = n.run_id and t.group_1 = n.group_1 and t.group_2 = n.group_2 and t.group_3 = n.group_3
    and t.group_4 = n.group_4 and t.group_5 = n.group_5 and t.group_6 = n.group_6 and t.group_name = i.group_name
where n.n_users >= $min_people
    and concat(n.group_1, ' + ', n.group_2, ' + ', n.group_3, ' + ', n.group_4, ' + ', n.group_5, ' + ', n.group_6)
        not in ($hidden_groups)
