-- One row a run and group that is shown: the metric of its users, scored and unscored users.
-- uses: cell_sums, group_combinations, grouped_combinations
select g.run_id, g.group_1, g.group_2, g.group_3, g.group_4, g.group_5, g.group_6,
    sum(s.value_sum) / nullif(sum(s.whole_sum), 0.0) as measured, cast(sum(s.n_users) as bigint) as n_users,
    cast(sum(s.n_unscored) as bigint) as n_unscored
from cell_sums s
join group_combinations c on c.run_id = s.run_id and c.group_1 = s.group_1 and c.group_2 = s.group_2
    and c.group_3 = s.group_3 and c.group_4 = s.group_4 and c.group_5 = s.group_5 and c.group_6 = s.group_6
join grouped_combinations g on g.group_no = c.group_no
group by g.run_id, g.group_1, g.group_2, g.group_3, g.group_4, g.group_5, g.group_6
having sum(s.n_users) >= $min_people
    and concat(g.group_1, ' + ', g.group_2, ' + ', g.group_3, ' + ', g.group_4, ' + ', g.group_5, ' + ', g.group_6)
        not in ($hidden_groups)
order by g.run_id, g.group_1, g.group_2, g.group_3, g.group_4, g.group_5, g.group_6
