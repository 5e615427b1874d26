-- One row a run: sum over known groups of |share of the exposure - share of the held-out items|; null without either.
-- uses: scope, numbered_requests, run_items, placed, target_rows, hit_rows, popularity, exposure, item_groups, group_facts
select x.run_id, sum(abs(x.attention - x.merit)) as measured, count(*) as n_units,
    cast(null as double) as standard_error
from (
    select run_id, exposure / nullif(sum(exposure) over (partition by run_id), 0.0) as attention,
        n_targets / nullif(sum(n_targets) over (partition by run_id), 0.0) as merit
    from group_facts
    where group_name <> 'unknown'
) x
group by x.run_id
order by x.run_id
