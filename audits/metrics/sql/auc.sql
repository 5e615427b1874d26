-- One row a request: share of its pairs of a held-out and another candidate in which the held-out one scores higher.
-- uses: scope, numbered_requests, run_items, placed, target_rows, hit_rows, judged_pairs, matched_pairs
select q.run_id, q.request_id, q.user_id, q.request_no, x.metric_value
from numbered_requests q
left join (
    select a.request_no,
        avg(case when a.score > b.score then 2 when a.score = b.score then 1 else 0 end) / 2 as metric_value
    from matched_pairs a
    join matched_pairs b on b.request_no = a.request_no
    where a.is_target = 1 and b.is_target = 0
    group by a.request_no
) x on x.request_no = q.request_no
