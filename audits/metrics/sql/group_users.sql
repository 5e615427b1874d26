-- One row a run and scored user, in the order of their names: the user's groups, part and whole.
-- uses: user_parts, user_groups
select g.run_id, g.group_1, g.group_2, g.group_3, g.group_4, g.group_5, g.group_6, v.part, v.whole
from user_groups g
join user_parts v on v.run_id = g.run_id and v.user_id = g.user_id
where v.part is not null
order by g.run_id, g.user_id
