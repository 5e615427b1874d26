-- One row a run and catalogue item: training interactions, users behind them, its place from the most popular down, and
-- whether it lies in the long tail: beyond the most popular share of items.
-- uses: run_items, training_users, training_counts
-- kept
select x.run_id, x.run_no, x.item_id, x.item_no, x.n_interactions, x.n_users, x.n_training_users, x.n_items, x.place,
    case when x.place > ceil($head_share * x.n_items - 0.000000001) then 1 else 0 end as in_tail
from (
    select i.run_id, i.run_no, i.item_id, i.item_no, coalesce(t.n_interactions, 0) as n_interactions,
        coalesce(t.n_users, 0) as n_users, z.n_users as n_training_users, count(*) over (partition by i.run_no) as n_items,
        row_number() over (partition by i.run_no order by coalesce(t.n_interactions, 0) desc, i.item_id) as place
    from run_items i
    join training_users z on z.run_no = i.run_no
    left join training_counts t on t.run_no = i.run_no and t.item_no = i.item_no
) x
