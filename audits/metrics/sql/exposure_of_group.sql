-- One row a run and catalogue item, zeros included: its deliveries to users of one group, and its exposure there.
-- uses: scope, numbered_requests, run_items, placed, history_rows, user_groups, group_combinations, request_groups, group_items
select i.run_id, i.run_no, i.item_id, i.item_no, coalesce(d.n_delivered, 0) as n_delivered,
    coalesce(d.exposure, 0.0) as exposure
from run_items i
left join (
    select x.run_no, x.item_no, sum(x.n_listed) as n_delivered, sum(x.exposure) as exposure
    from group_items x
    join group_combinations c on c.group_no = x.group_no
    where ($label_1 is null or c.group_1 = $label_1) and ($label_2 is null or c.group_2 = $label_2)
        and ($label_3 is null or c.group_3 = $label_3) and ($label_4 is null or c.group_4 = $label_4)
        and ($label_5 is null or c.group_5 = $label_5) and ($label_6 is null or c.group_6 = $label_6)
    group by x.run_no, x.item_no
) d on d.run_no = i.run_no and d.item_no = i.item_no
