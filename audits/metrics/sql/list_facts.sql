-- One row a request: how many items were delivered, sums over them of what their popularity says, and
-- their exposure, 1 / log2(1 + rank) each; sums of an empty list are null.
-- uses: numbered_requests, list_sums
-- kept
select q.run_id, q.request_id, q.user_id, q.request_no, q.repeat_index, coalesce(d.n_delivered, 0) as n_delivered,
    d.n_judged, d.popularity_sum, d.n_tail, d.n_cold, d.information_sum, d.exposure
from numbered_requests q
left join list_sums d on d.request_no = q.request_no
