-- One row a run: the counters that its energy was read from, requests metered, and requests recorded.
-- uses: answering
select a.run_id, max(x.energy_source) as energy_source, max(a.n_metered) as n_metered, max(a.n_recorded) as n_recorded
from answering a
join resources x on x.run_id = a.run_id
group by a.run_id
order by a.run_id
