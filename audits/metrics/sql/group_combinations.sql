-- One row a run and combination of attribute values that any user has, numbered.
-- uses: user_groups
-- kept
select x.run_id, x.group_1, x.group_2, x.group_3, x.group_4, x.group_5, x.group_6,
    cast(
        row_number() over (
            order by x.run_id, x.group_1, x.group_2, x.group_3, x.group_4, x.group_5, x.group_6
        ) as integer
    ) as group_no
from (select distinct run_id, group_1, group_2, group_3, group_4, group_5, group_6 from user_groups) x
