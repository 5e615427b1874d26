-- One row a request: how many items were delivered, and sums over them of what their popularity says.
-- uses: scope, numbered_requests, run_items, placed, popularity
-- kept
select q.run_id, q.request_id, q.user_id, q.request_no, q.repeat_index, coalesce(d.n_delivered, 0) as n_delivered,
    d.n_judged, d.popularity_sum, d.n_tail, d.n_cold, d.information_sum
from numbered_requests q
left join (
    select s.request_no, count(*) as n_delivered, count(p.place) as n_judged, sum(p.n_interactions) as popularity_sum,
        sum(p.in_tail) as n_tail, sum(case when p.n_users = 0 then 1 else 0 end) as n_cold,
        sum(case when p.n_users > 0 then log2(p.n_training_users * 1.0 / p.n_users) end) as information_sum
    from placed s
    left join popularity p on p.run_no = s.run_no and p.item_no = s.item_no
    group by s.request_no
) d on d.request_no = q.request_no
