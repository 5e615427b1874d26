-- One row a run and group that is judged: of enough people, and none of its attributes unknown.
-- uses: group_means
select m.run_id, m.group_1, m.group_2, m.group_3, m.group_4, m.group_5, m.group_6, m.measured, m.n_users
from group_means m
where m.n_users >= $min_sufficient and m.measured is not null
    and not ($place_1 > 0 and m.group_1 = 'unknown') and not ($place_2 > 0 and m.group_2 = 'unknown')
    and not ($place_3 > 0 and m.group_3 = 'unknown') and not ($place_4 > 0 and m.group_4 = 'unknown')
    and not ($place_5 > 0 and m.group_5 = 'unknown') and not ($place_6 > 0 and m.group_6 = 'unknown')
