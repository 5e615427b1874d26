-- One row a run: the most memory that any of its processes held, in megabytes.
-- uses: scope
select f.run_id, max(x.peak_memory_bytes) / 1000000 as measured, count(x.peak_memory_bytes) as n_units,
    cast(null as double) as standard_error
from (select distinct run_id from scope) f
join resources x on x.run_id = f.run_id
group by f.run_id
order by f.run_id
