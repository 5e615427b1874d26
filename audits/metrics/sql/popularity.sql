-- One row a run and catalogue item: training interactions, users behind them, and its place from the most popular down.
-- uses: scope
select f.run_id, i.item_id, coalesce(t.n_interactions, 0) as n_interactions, coalesce(t.n_users, 0) as n_users,
    z.n_training_users, count(*) over (partition by f.run_id) as n_items,
    row_number() over (partition by f.run_id order by coalesce(t.n_interactions, 0) desc, i.item_id) as place
from (select distinct s.run_id, s.dataset_fingerprint from scope s) f
join items i on i.dataset_fingerprint = f.dataset_fingerprint
join (
    select run_id, count(distinct user_id) as n_training_users
    from training_interactions
    where run_id in ($run_ids)
    group by run_id
) z on z.run_id = f.run_id
left join (
    select run_id, item_id, count(*) as n_interactions, count(distinct user_id) as n_users
    from training_interactions
    where run_id in ($run_ids)
    group by run_id, item_id
) t on t.run_id = f.run_id and t.item_id = i.item_id
