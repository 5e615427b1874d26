-- One row a held-out item with a rating that a run whose scores are ratings delivered: score minus rating.
-- uses: run_numbers, numbered_requests, hit_rows
select q.run_id, q.request_no, q.user_id, h.score - h.rating as error
from hit_rows h
join numbered_requests q on q.request_no = h.request_no
join run_numbers r on r.run_no = h.run_no
where r.score_kind = 'rating' and h.score is not null and h.rating is not null
