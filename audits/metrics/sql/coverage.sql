-- One row a run: share of the catalogue that was delivered to anyone.
-- uses: exposure
select run_id, sum(case when n_delivered > 0 then 1 else 0 end) / nullif(count(*), 0) as measured,
    count(*) as n_units, cast(null as double) as standard_error
from exposure
group by run_id
order by run_id
