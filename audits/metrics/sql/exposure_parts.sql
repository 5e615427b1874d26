-- One row a request: exposure of one group of items in its list, and of all items; no part without any.
-- uses: scope, numbered_requests, run_items, placed, popularity, item_groups, list_facts
select f.run_id, f.request_id, f.user_id, f.request_no, case when f.exposure > 0 then coalesce(x.part, 0.0) end as part,
    coalesce(f.exposure, 0.0) as whole
from list_facts f
left join (
    select p.request_no, sum(g.weight / log2(1.0 + p.item_rank)) as part
    from placed p
    join (select run_no, item_no, weight from item_groups where group_name = $item_group) g
        on g.run_no = p.run_no and g.item_no = p.item_no
    group by p.request_no
) x on x.request_no = f.request_no
