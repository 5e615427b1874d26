-- One row a request, part (older history, recent history, list) and label: the label's share of the part.
-- uses: scope, ranked, label_weights
select x.run_id, x.request_id, x.part, x.label,
    x.weight / nullif(sum(x.weight) over (partition by x.run_id, x.request_id, x.part), 0) as share
from (
    select y.run_id, y.request_id, y.part, l.label, sum(l.weight) as weight
    from (
        select q.run_id, q.request_id, q.dataset_fingerprint, h.item_id,
            case when h.position >= r.n_history - $n_recent then 'recent' else 'older' end as part
        from scope q
        join requests r on r.run_id = q.run_id and r.request_id = q.request_id
        join histories h on h.run_id = q.run_id and h.request_id = q.request_id
        where r.n_history >= 2 * $n_recent
        union all
        select d.run_id, d.request_id, d.dataset_fingerprint, d.item_id, 'list' as part
        from ranked d
    ) y
    join label_weights l on l.dataset_fingerprint = y.dataset_fingerprint and l.item_id = y.item_id
    group by y.run_id, y.request_id, y.part, l.label
) x
