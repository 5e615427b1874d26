-- One row a run and group of items that its users had or were given.
-- uses: run_items, placed, history_rows, popularity, item_groups
select distinct g.run_id, g.group_name
from item_groups g
join (
    select run_no, item_no from placed
    union
    select run_no, item_no from history_rows
) x on x.run_no = g.run_no and x.item_no = g.item_no
order by g.run_id, g.group_name
