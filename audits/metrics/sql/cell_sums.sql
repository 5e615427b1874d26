-- One row a run and combination of attribute values: scored users, sums of their parts and wholes and of products of
-- these, and users without a value.
-- uses: user_parts, user_groups
-- kept
select g.run_id, g.group_1, g.group_2, g.group_3, g.group_4, g.group_5, g.group_6, count(v.part) as n_users,
    coalesce(sum(v.part), 0.0) as value_sum, coalesce(sum(v.part * v.part), 0.0) as square_sum,
    coalesce(sum(case when v.part is not null then v.whole end), 0.0) as whole_sum,
    coalesce(sum(v.part * v.whole), 0.0) as cross_sum,
    coalesce(sum(case when v.part is not null then v.whole * v.whole end), 0.0) as whole_square_sum,
    count(*) - count(v.part) as n_unscored
from user_groups g
join user_parts v on v.run_id = g.run_id and v.user_id = g.user_id
group by g.run_id, g.group_1, g.group_2, g.group_3, g.group_4, g.group_5, g.group_6
