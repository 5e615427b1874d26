-- One row a run and user: the user's values of the attributes that groups are formed by, in the order of these. They
-- are some of the attributes of user_groups; each place says which, 0 none.
-- uses: user_groups
select g.run_id, g.user_id,
    case $place_1 when 1 then g.group_1 when 2 then g.group_2 when 3 then g.group_3 when 4 then g.group_4
        when 5 then g.group_5 when 6 then g.group_6 else 'unknown' end as group_1,
    case $place_2 when 1 then g.group_1 when 2 then g.group_2 when 3 then g.group_3 when 4 then g.group_4
        when 5 then g.group_5 when 6 then g.group_6 else 'unknown' end as group_2,
    case $place_3 when 1 then g.group_1 when 2 then g.group_2 when 3 then g.group_3 when 4 then g.group_4
        when 5 then g.group_5 when 6 then g.group_6 else 'unknown' end as group_3,
    case $place_4 when 1 then g.group_1 when 2 then g.group_2 when 3 then g.group_3 when 4 then g.group_4
        when 5 then g.group_5 when 6 then g.group_6 else 'unknown' end as group_4,
    case $place_5 when 1 then g.group_1 when 2 then g.group_2 when 3 then g.group_3 when 4 then g.group_4
        when 5 then g.group_5 when 6 then g.group_6 else 'unknown' end as group_5,
    case $place_6 when 1 then g.group_1 when 2 then g.group_2 when 3 then g.group_3 when 4 then g.group_4
        when 5 then g.group_5 when 6 then g.group_6 else 'unknown' end as group_6
from user_groups g
