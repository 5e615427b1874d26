-- One row a run: lowest over highest exposure per held-out item of a group; null below two known groups with merit.
-- uses: scope, numbered_requests, run_items, placed, target_rows, hit_rows, popularity, exposure, item_groups, group_facts
select run_id,
    case
        when count(*) > 1 then
            min(exposure / nullif(n_targets, 0.0)) / nullif(max(exposure / nullif(n_targets, 0.0)), 0.0)
    end as measured,
    count(*) as n_units, cast(null as double) as standard_error
from group_facts
where group_name <> 'unknown' and n_targets > 0
group by run_id
order by run_id
