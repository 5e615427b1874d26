-- One row a run and catalogue item: training interactions, users behind them, its place from the most popular down, and
-- whether it lies in the long tail: beyond the most popular share of items.
-- uses: run_items
-- kept
select x.run_id, x.run_no, x.item_id, x.item_no, x.n_interactions, x.n_users, x.n_training_users, x.n_items, x.place,
    case when x.place > ceil($head_share * x.n_items - 0.000000001) then 1 else 0 end as in_tail
from (
    select i.run_id, i.run_no, i.item_id, i.item_no, coalesce(t.n_interactions, 0) as n_interactions,
        coalesce(t.n_users, 0) as n_users, z.n_training_users, count(*) over (partition by i.run_no) as n_items,
        row_number() over (partition by i.run_no order by coalesce(t.n_interactions, 0) desc, i.item_id) as place
    from run_items i
    join (
        select run_id, count(distinct user_id) as n_training_users
        from training_interactions
        where run_id in ($run_ids)
        group by run_id
    ) z on z.run_id = i.run_id
    left join (
        select run_id, item_id, count(*) as n_interactions, count(distinct user_id) as n_users
        from training_interactions
        where run_id in ($run_ids)
        group by run_id, item_id
    ) t on t.run_id = i.run_id and t.item_id = i.item_id
) x
