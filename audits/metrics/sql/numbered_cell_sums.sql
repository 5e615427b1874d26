-- One row a run and combination of attribute values, where each user has one request in scope: scored users, sums of their
-- parts and wholes and of products of these, and users without a value.
-- uses: request_values, request_groups, group_combinations
-- kept
select c.run_id, c.group_1, c.group_2, c.group_3, c.group_4, c.group_5, c.group_6, x.n_users, x.value_sum, x.square_sum,
    x.whole_sum, x.cross_sum, x.whole_square_sum, x.n_unscored
from (
    select g.group_no, count(v.part) as n_users, coalesce(sum(v.part), 0.0) as value_sum,
        coalesce(sum(v.part * v.part), 0.0) as square_sum,
        coalesce(sum(case when v.part is not null then v.whole end), 0.0) as whole_sum,
        coalesce(sum(v.part * v.whole), 0.0) as cross_sum,
        coalesce(sum(case when v.part is not null then v.whole * v.whole end), 0.0) as whole_square_sum,
        count(*) - count(v.part) as n_unscored
    from request_groups g
    join request_values v on v.request_no = g.request_no
    group by g.group_no
) x
join group_combinations c on c.group_no = x.group_no
