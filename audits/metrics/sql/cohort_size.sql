-- One row: users of the runs that are in the cohort, and all users of the runs.
-- uses: scope
select
    (select count(distinct s.user_id) from scope s) as n_inside,
    (
        select count(distinct q.user_id)
        from requests q
        where q.run_id in ($run_ids) and q.variant = $variant
    ) as n_everyone
