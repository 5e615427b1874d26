-- One row a request of a group's users that has a value, the lowest first.
-- uses: metric_rows, user_groups, grouped_users
select m.request_id
from metric_rows m
join grouped_users g on g.run_id = m.run_id and g.user_id = m.user_id
where m.metric_value is not null and g.group_1 = $label_1 and g.group_2 = $label_2 and g.group_3 = $label_3
    and g.group_4 = $label_4 and g.group_5 = $label_5 and g.group_6 = $label_6
order by m.metric_value, m.request_id
limit $n_rows
