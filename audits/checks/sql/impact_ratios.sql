-- One row a run and judged group: its users, its value, and its value / that of the best group.
-- uses: judged_groups
select j.run_id, j.group_1, j.group_2, j.group_3, j.group_4, j.group_5, j.group_6, j.n_users,
    round(j.measured, 4) as measured, round(j.measured / nullif(b.best, 0), 4) as impact_ratio
from judged_groups j
join (select run_id, max(measured) as best from judged_groups group by run_id) b on b.run_id = j.run_id
order by j.run_id, j.measured, j.group_1, j.group_2, j.group_3, j.group_4, j.group_5, j.group_6
