-- One row a run: labels that users never met, and the share of them that is in their lists: what chance would list.
-- uses: scope, ranked, label_sets
select a.run_id, sum(t.n_labels - coalesce(m.n_met, 0)) as n_unmet,
    sum(coalesce(s.n_listed, 0)) / nullif(sum(t.n_labels - coalesce(m.n_met, 0)), 0) as listed_share
from scope a
join (
    select dataset_fingerprint, count(distinct label) as n_labels from label_sets group by dataset_fingerprint
) t on t.dataset_fingerprint = a.dataset_fingerprint
left join (
    select q.run_id, q.request_id, count(distinct l.label) as n_met
    from scope q
    join histories h on h.run_id = q.run_id and h.request_id = q.request_id
    join label_sets l on l.dataset_fingerprint = q.dataset_fingerprint and l.item_id = h.item_id
    group by q.run_id, q.request_id
) m on m.run_id = a.run_id and m.request_id = a.request_id
left join (
    select d.run_id, d.request_id, count(distinct l.label) as n_listed
    from ranked d
    join label_sets l on l.dataset_fingerprint = d.dataset_fingerprint and l.item_id = d.item_id
    where not exists (
        select 1
        from histories h
        join label_sets k on k.dataset_fingerprint = d.dataset_fingerprint and k.item_id = h.item_id
        where h.run_id = d.run_id and h.request_id = d.request_id and k.label = l.label
    )
    group by d.run_id, d.request_id
) s on s.run_id = a.run_id and s.request_id = a.request_id
group by a.run_id
order by a.run_id
