-- One row a run and judged group: its users, its value, that / the best group's, and where it is to a legal line.
-- uses: group_means, judged_groups
select j.run_id, j.group_1, j.group_2, j.group_3, j.group_4, j.group_5, j.group_6, j.n_users,
    round(j.measured, 4) as measured, round(j.measured / nullif(b.best, 0), 4) as impact_ratio,
    case when j.n_users < cast($min_share as double) * t.n_users then 'may be left out: too few'
        when j.measured / nullif(b.best, 0) < cast($ratio_line as double) then 'below' else 'not below'
    end as against_line,
    row_number() over (
        partition by j.run_id
        order by j.measured, j.group_1, j.group_2, j.group_3, j.group_4, j.group_5, j.group_6
    ) as place
from judged_groups j
join (select run_id, max(measured) as best from judged_groups group by run_id) b on b.run_id = j.run_id
join (select run_id, sum(n_users) as n_users from group_means group by run_id) t on t.run_id = j.run_id
order by j.run_id, place
