-- One row a request and label that its user came to late: interactions since then, and whether the list has it.
-- uses: scope, ranked, label_sets
select i.run_id, i.request_id, i.user_id, i.label, i.age, case when s.label is null then 0 else 1 end as is_listed
from (
    select q.run_id, q.request_id, q.user_id, l.label, max(r.n_history - h.position) as age, min(h.position) as began
    from scope q
    join requests r on r.run_id = q.run_id and r.request_id = q.request_id
    join histories h on h.run_id = q.run_id and h.request_id = q.request_id
    join label_sets l on l.dataset_fingerprint = q.dataset_fingerprint and l.item_id = h.item_id
    group by q.run_id, q.request_id, q.user_id, l.label
) i
left join (
    select distinct d.run_id, d.request_id, l.label
    from ranked d
    join label_sets l on l.dataset_fingerprint = d.dataset_fingerprint and l.item_id = d.item_id
) s on s.run_id = i.run_id and s.request_id = i.request_id and s.label = i.label
where i.began >= $n_settled
