-- One row a group of items, the most exposed per item first: what it has of the catalogue, of the lists, of the
-- exposure and of what was held out. Of many groups only the first and the last; items of no group are "unknown".
-- uses: scope, numbered_requests, run_items, placed, target_rows, hit_rows, popularity, exposure, item_groups, group_facts
select x.group_name, round(x.n_items, 2) as n_items, round(x.n_delivered, 2) as n_delivered,
    round(1000.0 * x.per_item / nullif(x.n_requests, 0), 4) as exposure_per_item,
    round(x.exposure_share, 4) as exposure_share, round(x.catalogue_share, 4) as catalogue_share,
    round(x.held_out_share, 4) as held_out_share
from (
    select g.group_name, g.n_items, g.n_delivered, g.n_requests, g.exposure / nullif(g.n_items, 0.0) as per_item,
        g.exposure / nullif(sum(g.exposure) over (), 0.0) as exposure_share,
        g.n_items / nullif(sum(g.n_items) over (), 0.0) as catalogue_share,
        g.n_targets / nullif(sum(g.n_targets) over (), 0.0) as held_out_share,
        count(*) over () as n_groups,
        row_number() over (
            order by case when g.group_name = 'unknown' then 1 else 0 end,
                round(g.exposure / nullif(g.n_items, 0.0), 9) desc, g.group_name
        ) as place
    from group_facts g
) x
where x.place <= $n_rows or x.place > x.n_groups - $n_rows
order by x.place
