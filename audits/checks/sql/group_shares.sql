-- One row a run, combination of attribute values and group of items: how often its users had items of it, how many were
-- delivered to them, and their exposure.
-- uses: scope, numbered_requests, run_items, placed, history_rows, popularity, item_groups, user_groups, group_combinations, request_groups, group_items
-- kept
select i.run_id, x.group_no, i.group_name, sum(x.n_had * i.weight) as n_had, sum(x.n_listed * i.weight) as n_listed,
    sum(x.exposure * i.weight) as exposure
from group_items x
join item_groups i on i.run_no = x.run_no and i.item_no = x.item_no
group by i.run_id, x.group_no, i.group_name
