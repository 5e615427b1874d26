-- One row a request: divergence, in nats, of its list's labels from those of its user's history; null where either has none.
-- uses: scope, numbered_requests, run_items, placed, history_rows, label_sets, label_shares
select q.run_id, q.request_id, q.user_id, q.request_no, x.metric_value
from numbered_requests q
left join (
    select p.request_no,
        sum(p.share * ln(p.share / nullif(0.99 * coalesce(l.share, 0.0) + 0.01 * p.share, 0.0))) as metric_value
    from (
        select a.request_no, a.label_no, a.weight / nullif(b.weight, 0.0) as share
        from (
            select h.request_no, s.label_no, sum(s.share) as weight
            from history_rows h
            join label_shares s on s.run_no = h.run_no and s.item_no = h.item_no
            group by h.request_no, s.label_no
        ) a
        join (
            select h.request_no, sum(s.share) as weight
            from history_rows h
            join label_shares s on s.run_no = h.run_no and s.item_no = h.item_no
            group by h.request_no
        ) b on b.request_no = a.request_no
    ) p
    join (
        select d.request_no, sum(s.share) as weight
        from placed d
        join label_shares s on s.run_no = d.run_no and s.item_no = d.item_no
        group by d.request_no
    ) w on w.request_no = p.request_no
    left join (
        select d.request_no, s.label_no, sum(s.share) / nullif(max(z.weight), 0.0) as share
        from placed d
        join label_shares s on s.run_no = d.run_no and s.item_no = d.item_no
        join (
            select e.request_no, sum(y.share) as weight
            from placed e
            join label_shares y on y.run_no = e.run_no and y.item_no = e.item_no
            group by e.request_no
        ) z on z.request_no = d.request_no
        group by d.request_no, s.label_no
    ) l on l.request_no = p.request_no and l.label_no = p.label_no
    group by p.request_no
) x on x.request_no = q.request_no
