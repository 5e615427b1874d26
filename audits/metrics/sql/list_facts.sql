-- One row a request: how many items were delivered, sums over them of what their popularity says, and
-- their exposure, 1 / log2(1 + rank) each; sums of an empty list are null.
-- uses: scope, numbered_requests, run_items, placed, popularity
-- kept
select q.run_id, q.request_id, q.user_id, q.request_no, q.repeat_index, coalesce(d.n_delivered, 0) as n_delivered,
    d.n_judged, d.popularity_sum, d.n_tail, d.n_cold, d.information_sum, d.exposure
from numbered_requests q
left join (
    select s.request_no, count(*) as n_delivered, count(p.place) as n_judged, sum(p.n_interactions) as popularity_sum,
        sum(p.in_tail) as n_tail, sum(p.is_cold) as n_cold, sum(p.information) as information_sum,
        sum(1.0 / log2(1.0 + s.item_rank)) as exposure
    from placed s
    left join (
        select x.run_no, x.item_no, x.place, x.n_interactions, x.in_tail,
            case when x.n_users = 0 then 1 else 0 end as is_cold,
            case when x.n_users > 0 then log2(x.n_training_users * 1.0 / nullif(x.n_users, 0)) end as information
        from popularity x
    ) p on p.run_no = s.run_no and p.item_no = s.item_no
    group by s.request_no
) d on d.request_no = q.request_no
