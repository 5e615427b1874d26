-- One row a run and user: exposure of one group of items in the user's lists, and of all items; null without any.
-- uses: scope, numbered_requests, run_items, placed, popularity, item_groups
select q.run_id, q.user_id, case when sum(x.exposure) > 0 then sum(x.part) end as part,
    coalesce(sum(x.exposure), 0.0) as whole
from numbered_requests q
left join (
    select p.request_no, sum(1.0 / log2(1.0 + p.item_rank)) as exposure,
        sum(coalesce(g.weight, 0.0) / log2(1.0 + p.item_rank)) as part
    from placed p
    left join (select run_no, item_no, weight from item_groups where group_name = $item_group) g
        on g.run_no = p.run_no and g.item_no = p.item_no
    group by p.request_no
) x on x.request_no = q.request_no
group by q.run_id, q.user_id
