-- One row a run: Gini coefficient of how often each catalogue item was delivered; null where nothing was.
-- uses: exposure
select x.run_id,
    sum((2e0 * x.place - x.n_items - 1) * x.n_delivered)
        / nullif(sum(x.n_items * 1e0 * x.n_delivered), 0) as measured,
    count(*) as n_units, cast(null as double) as standard_error
from (
    select run_id, item_id, n_delivered, count(*) over (partition by run_id) as n_items,
        row_number() over (partition by run_id order by n_delivered, item_id) as place
    from exposure
) x
group by x.run_id
order by x.run_id
