-- One row a run and group of items that its users had or were given.
-- uses: user_item_groups
select distinct run_id, group_name
from user_item_groups
order by run_id, group_name
