-- One row a run, group of users that is shown and group of items: its share of what they had, of what they were given,
-- of the exposure in their lists, and the bias disparity.
-- uses: scope, numbered_requests, run_items, placed, history_rows, popularity, item_groups, list_facts, user_groups, group_combinations, request_groups, group_items, group_shares
select c.run_id, c.group_1, c.group_2, c.group_3, c.group_4, c.group_5, c.group_6, i.group_name, u.n_users,
    coalesce(t.n_had, 0.0) / nullif(n.n_had, 0) as had_share,
    coalesce(t.n_listed, 0.0) / nullif(n.n_listed, 0) as listed_share,
    coalesce(t.exposure, 0.0) / nullif(n.exposure, 0) as exposure_share,
    coalesce(t.n_listed, 0.0) / nullif(n.n_listed, 0) / nullif(t.n_had / nullif(n.n_had, 0), 0) - 1 as bias_disparity
from group_combinations c
join (
    select r.group_no, count(distinct f.user_id) as n_users
    from list_facts f
    join request_groups r on r.request_no = f.request_no
    where f.n_delivered > 0
    group by r.group_no
) u on u.group_no = c.group_no
join (
    select s.group_no, sum(s.n_had) as n_had, sum(s.n_listed) as n_listed, sum(s.exposure) as exposure
    from group_shares s
    group by s.group_no
) n on n.group_no = c.group_no
join (select distinct run_id, group_name from group_shares) i on i.run_id = c.run_id
left join group_shares t on t.group_no = c.group_no and t.group_name = i.group_name
where u.n_users >= $min_people
    and concat(c.group_1, ' + ', c.group_2, ' + ', c.group_3, ' + ', c.group_4, ' + ', c.group_5, ' + ', c.group_6)
        not in ($hidden_groups)
