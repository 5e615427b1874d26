-- One row a run and combination of attribute values: the values of the attributes that groups are formed by, which are
-- some of them, and a number that all combinations of one group share.
-- uses: user_groups, group_combinations
select x.run_id, x.group_no, x.group_1, x.group_2, x.group_3, x.group_4, x.group_5, x.group_6,
    min(x.group_no) over (
        partition by x.run_id, x.group_1, x.group_2, x.group_3, x.group_4, x.group_5, x.group_6
    ) as shared_no
from (
    select c.run_id, c.group_no,
        case $place_1 when 1 then c.group_1 when 2 then c.group_2 when 3 then c.group_3 when 4 then c.group_4
            when 5 then c.group_5 when 6 then c.group_6 else 'unknown' end as group_1,
        case $place_2 when 1 then c.group_1 when 2 then c.group_2 when 3 then c.group_3 when 4 then c.group_4
            when 5 then c.group_5 when 6 then c.group_6 else 'unknown' end as group_2,
        case $place_3 when 1 then c.group_1 when 2 then c.group_2 when 3 then c.group_3 when 4 then c.group_4
            when 5 then c.group_5 when 6 then c.group_6 else 'unknown' end as group_3,
        case $place_4 when 1 then c.group_1 when 2 then c.group_2 when 3 then c.group_3 when 4 then c.group_4
            when 5 then c.group_5 when 6 then c.group_6 else 'unknown' end as group_4,
        case $place_5 when 1 then c.group_1 when 2 then c.group_2 when 3 then c.group_3 when 4 then c.group_4
            when 5 then c.group_5 when 6 then c.group_6 else 'unknown' end as group_5,
        case $place_6 when 1 then c.group_1 when 2 then c.group_2 when 3 then c.group_3 when 4 then c.group_4
            when 5 then c.group_5 when 6 then c.group_6 else 'unknown' end as group_6
    from group_combinations c
) x
