-- One row a request: sum of the absolute errors of its predicted ratings, and how many there are.
-- uses: scope, numbered_requests, placed, target_rows, hit_rows, rating_errors
select q.run_id, q.request_id, q.user_id, q.request_no, coalesce(x.error_sum, 0.0) as part,
    coalesce(x.n_errors, 0) as whole
from numbered_requests q
left join (
    select e.request_no, sum(abs(e.error)) as error_sum, count(*) as n_errors from rating_errors e group by e.request_no
) x on x.request_no = q.request_no
