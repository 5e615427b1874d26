-- One row a run: Gini coefficient of the exposure of the catalogue items; null where nothing was delivered.
-- uses: exposure
select x.run_id,
    sum((2.0 * x.place - x.n_items - 1.0) * x.exposure) / nullif(sum(x.n_items * 1.0 * x.exposure), 0) as measured,
    count(*) as n_units, cast(null as double) as standard_error
from (
    select run_id, exposure, count(*) over (partition by run_id) as n_items,
        row_number() over (partition by run_id order by exposure, item_id) as place
    from exposure
) x
group by x.run_id
order by x.run_id
