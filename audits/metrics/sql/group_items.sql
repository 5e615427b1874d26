-- One row a run, combination of attribute values, item and kind of row: how often its users had the item, or how often it
-- was delivered to them, and its exposure there.
-- uses: placed, history_rows, request_groups
-- kept
-- in arrays: group_items
select g.run_no, g.group_no, p.item_no, 0 as n_had, count(*) as n_listed,
    sum(1.0 / log2(1.0 + p.item_rank)) as exposure
from placed p
join request_groups g on g.request_no = p.request_no
group by g.run_no, g.group_no, p.item_no
union all
select g.run_no, g.group_no, h.item_no, count(*) as n_had, 0 as n_listed, 0.0 as exposure
from history_rows h
join request_groups g on g.request_no = h.request_no
group by g.run_no, g.group_no, h.item_no
