-- One row a run and catalogue item, zeros included: how often it was delivered.
-- uses: scope, ranked
select f.run_id, i.item_id, coalesce(d.n_delivered, 0) as n_delivered
from (select distinct s.run_id, s.dataset_fingerprint from scope s) f
join items i on i.dataset_fingerprint = f.dataset_fingerprint
left join (
    select r.run_id, r.item_id, count(*) as n_delivered
    from ranked r
    group by r.run_id, r.item_id
) d on d.run_id = f.run_id and d.item_id = i.item_id
