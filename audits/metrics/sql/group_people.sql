-- One row a run and combination of attribute values: its users.
-- uses: user_groups
select run_id, group_1, group_2, group_3, group_4, group_5, group_6, count(*) as n_users
from user_groups
group by run_id, group_1, group_2, group_3, group_4, group_5, group_6
order by run_id, group_1, group_2, group_3, group_4, group_5, group_6
