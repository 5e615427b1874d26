-- One row a run and user who was shown anything: exposure of one group of items in the user's lists, and of all items.
-- uses: user_item_groups
select run_id, user_id,
    case when sum(exposure) > 0 then sum(case when group_name = $item_group then exposure else 0.0 end) end as part,
    sum(exposure) as whole
from user_item_groups
group by run_id, user_id
