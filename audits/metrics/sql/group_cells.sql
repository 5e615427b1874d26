-- One row a run and combination of attribute values: scored users, sums of their parts and wholes and of products of
-- these, and users without a value.
-- uses: cell_sums
select run_id, group_1, group_2, group_3, group_4, group_5, group_6, n_users, value_sum, square_sum, whole_sum, cross_sum,
    whole_square_sum, n_unscored
from cell_sums
order by run_id, group_1, group_2, group_3, group_4, group_5, group_6
