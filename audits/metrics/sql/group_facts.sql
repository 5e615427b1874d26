-- One row a run and group of items: its items, its deliveries and exposure, its held-out items and those that were
-- delivered, and the pairs of a list and an item of it that the user had not had.
-- uses: scope, numbered_requests, run_items, placed, target_rows, hit_rows, item_holders, popularity, exposure, item_groups
-- kept
select g.run_id, g.group_name, sum(g.weight) as n_items, sum(g.weight * e.n_delivered) as n_delivered,
    sum(g.weight * e.exposure) as exposure, sum(g.weight * coalesce(t.n_targets, 0)) as n_targets,
    sum(g.weight * coalesce(h.n_hits, 0)) as n_hits,
    sum(g.weight * (q.n_requests - coalesce(c.n_had, 0))) as n_open, max(q.n_requests) as n_requests
from item_groups g
join exposure e on e.run_no = g.run_no and e.item_no = g.item_no
join (select run_no, count(*) as n_requests from numbered_requests group by run_no) q on q.run_no = g.run_no
left join (
    select x.run_no, x.item_no, count(*) as n_targets from target_rows x group by x.run_no, x.item_no
) t on t.run_no = g.run_no and t.item_no = g.item_no
left join (
    select y.run_no, y.item_no, count(*) as n_hits from hit_rows y group by y.run_no, y.item_no
) h on h.run_no = g.run_no and h.item_no = g.item_no
left join item_holders c on c.run_no = g.run_no and c.item_no = g.item_no
group by g.run_id, g.group_name
