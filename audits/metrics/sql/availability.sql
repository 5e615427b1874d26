-- One row: which kinds of evidence the runs in scope have at all. Targets: any interaction is held out, even one with an
-- item that the user had before.
select
    exists (select 1 from requests q where q.run_id in ($run_ids) and q.n_holdout > 0) as targets,
    exists (
        select 1
        from requests q
        join runs r on r.run_id = q.run_id
        join (
            select dataset_fingerprint, user_id, position from interactions where rating is not null
        ) i on i.dataset_fingerprint = r.dataset_fingerprint and i.user_id = q.user_id
        where q.run_id in ($run_ids) and q.n_holdout > 0 and i.position >= q.n_history
            and i.position < q.n_history + q.n_holdout
    ) as ratings,
    exists (
        select 1
        from user_attributes a
        join runs r on r.dataset_fingerprint = a.dataset_fingerprint
        where r.run_id in ($run_ids) and a.attribute_value is not null
    ) as user_attributes,
    exists (
        select 1
        from item_labels l
        join runs r on r.dataset_fingerprint = l.dataset_fingerprint
        where r.run_id in ($run_ids)
    ) as item_labels,
    exists (
        select 1
        from items i
        join runs r on r.dataset_fingerprint = i.dataset_fingerprint
        where r.run_id in ($run_ids)
    ) as items,
    exists (select 1 from training_interactions i where i.run_id in ($run_ids)) as training,
    exists (select 1 from slots s where s.run_id in ($run_ids)) as slots,
    exists (select 1 from generations g where g.run_id in ($run_ids)) as generations,
    exists (select 1 from steps s where s.run_id in ($run_ids)) as steps,
    exists (select 1 from rationales x where x.run_id in ($run_ids)) as rationales,
    exists (select 1 from claims c where c.run_id in ($run_ids)) as claims,
    exists (select 1 from paths p where p.run_id in ($run_ids)) as paths,
    exists (select 1 from attributions x where x.run_id in ($run_ids)) as attributions
