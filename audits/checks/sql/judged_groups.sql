-- One row a run and group that is judged: of enough people, and none of its attributes unknown.
-- uses: group_means
select m.run_id, m.group_1, m.group_2, m.group_3, m.group_4, m.group_5, m.group_6, m.measured, m.n_users
from group_means m
where m.n_users >= $min_sufficient and m.measured is not null
    and not ($attribute_1 <> '' and m.group_1 = 'unknown') and not ($attribute_2 <> '' and m.group_2 = 'unknown')
    and not ($attribute_3 <> '' and m.group_3 = 'unknown') and not ($attribute_4 <> '' and m.group_4 = 'unknown')
    and not ($attribute_5 <> '' and m.group_5 = 'unknown') and not ($attribute_6 <> '' and m.group_6 = 'unknown')
