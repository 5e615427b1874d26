-- One row a run: Shannon entropy, in bits, of which item a delivered slot holds; null where nothing was delivered.
-- uses: exposure
select x.run_id, sum(case when x.n_delivered > 0 then x.share * (0.0 - log2(x.share)) end) as measured,
    sum(x.n_delivered) as n_units, cast(null as double) as standard_error
from (
    select run_id, item_id, n_delivered,
        n_delivered * 1.0 / nullif(sum(n_delivered) over (partition by run_id), 0) as share
    from exposure
) x
group by x.run_id
order by x.run_id
