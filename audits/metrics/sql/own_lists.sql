-- One row a non-empty list of a user who has several: how many items it holds.
-- uses: numbered_requests, placed
select q.run_no, q.request_no, q.user_id, count(*) as n_listed
from numbered_requests q
join (
    select run_no, user_id, count(*) as n_requests from numbered_requests group by run_no, user_id
) u on u.run_no = q.run_no and u.user_id = q.user_id
join placed s on s.request_no = q.request_no
where u.n_requests > 1
group by q.run_no, q.request_no, q.user_id
