-- One row a run, group of users that is shown and group of items: its share of what they had, of what they were given,
-- of the exposure in their lists, and the bias disparity.
-- uses: scope, numbered_requests, run_items, placed, history_rows, popularity, item_groups, list_facts, user_groups, group_combinations, request_groups, group_items, group_shares, group_sizes, grouped_combinations
select u.run_id, u.group_1, u.group_2, u.group_3, u.group_4, u.group_5, u.group_6, i.group_name, u.n_users,
    coalesce(t.n_had, 0.0) / nullif(n.n_had, 0) as had_share,
    coalesce(t.n_listed, 0.0) / nullif(n.n_listed, 0) as listed_share,
    coalesce(t.exposure, 0.0) / nullif(n.exposure, 0) as exposure_share,
    coalesce(t.n_listed, 0.0) / nullif(n.n_listed, 0) / nullif(t.n_had / nullif(n.n_had, 0), 0) - 1 as bias_disparity
from (
    select c.run_id, c.shared_no, c.group_1, c.group_2, c.group_3, c.group_4, c.group_5, c.group_6,
        sum(z.n_users) as n_users
    from grouped_combinations c
    join group_sizes z on z.group_no = c.group_no
    group by c.run_id, c.shared_no, c.group_1, c.group_2, c.group_3, c.group_4, c.group_5, c.group_6
) u
join (
    select c.shared_no, sum(s.n_had) as n_had, sum(s.n_listed) as n_listed, sum(s.exposure) as exposure
    from group_shares s
    join grouped_combinations c on c.group_no = s.group_no
    group by c.shared_no
) n on n.shared_no = u.shared_no
join (select distinct run_id, group_name from group_shares) i on i.run_id = u.run_id
left join (
    select c.shared_no, s.group_name, sum(s.n_had) as n_had, sum(s.n_listed) as n_listed, sum(s.exposure) as exposure
    from group_shares s
    join grouped_combinations c on c.group_no = s.group_no
    group by c.shared_no, s.group_name
) t on t.shared_no = u.shared_no and t.group_name = i.group_name
where u.n_users >= $min_people
    and concat(u.group_1, ' + ', u.group_2, ' + ', u.group_3, ' + ', u.group_4, ' + ', u.group_5, ' + ', u.group_6)
        not in ($hidden_groups)
