-- One row a run: share of the exposure that the worst-off part of the known groups holds, on the Lorenz curve.
-- uses: scope, numbered_requests, run_items, placed, target_rows, hit_rows, popularity, exposure, item_groups, group_facts
select x.run_id, sum(least(greatest($worst_off * x.n_groups - x.place + 1.0, 0.0), 1.0) * x.exposure)
        / nullif(sum(x.exposure), 0.0) as measured,
    count(*) as n_units, cast(null as double) as standard_error
from (
    select run_id, exposure, count(*) over (partition by run_id) as n_groups,
        row_number() over (partition by run_id order by exposure, group_name) as place
    from group_facts
    where group_name <> 'unknown'
) x
group by x.run_id
order by x.run_id
