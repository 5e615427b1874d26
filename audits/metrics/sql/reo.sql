-- One row a run: spread over mean of the known groups' chance to be listed where held out; null below two groups.
-- uses: scope, numbered_requests, run_items, placed, target_rows, hit_rows, popularity, exposure, item_groups, group_facts
select run_id,
    case
        when count(*) > 1 then
            stddev_pop(n_hits / nullif(n_targets, 0.0)) / nullif(avg(n_hits / nullif(n_targets, 0.0)), 0.0)
    end as measured,
    count(*) as n_units, cast(null as double) as standard_error
from group_facts
where group_name <> 'unknown' and n_targets > 0
group by run_id
order by run_id
