-- One row a run, all its variants and users: requests and delivered items, and what answering the metered ones used.
select a.run_id, d.n_recorded, d.n_delivered, a.n_metered, a.cpu_seconds, a.n_energy, a.energy_joules
from (
    select run_id, sum(n_requests) as n_metered, sum(cpu_seconds) as cpu_seconds,
        sum(case when energy_joules is not null then n_requests else 0 end) as n_energy,
        sum(energy_joules) as energy_joules
    from resources
    where run_id in ($run_ids) and phase = 'answer'
    group by run_id
) a
join (
    select q.run_id, count(distinct q.request_id) as n_recorded,
        sum(case when q.request_status = 'answered' and s.outcome = 'delivered' then 1 else 0 end) as n_delivered
    from requests q
    left join slots s on s.run_id = q.run_id and s.request_id = q.request_id
    where q.run_id in ($run_ids)
    group by q.run_id
) d on d.run_id = a.run_id
