-- One row a lab request: whether its top is that of the base list, and the rank-biased overlap; null where it failed.
-- uses: lab_requests, lab_depths
select q.lab_run_id, q.request_id, q.base_run_id, q.user_id, q.lab_test, q.lab_level, o.same_top, o.overlap
from lab_requests q
left join (
    select lab_run_id, request_id, max(case when list_depth = 1 then n_common else 0 end) as same_top,
        least(1.0, sum(
            n_common * 1.0 / nullif(list_depth, 0)
            * (
                power(cast($rbo_p as double), list_depth) * (1 - cast($rbo_p as double))
                / nullif(cast($rbo_p as double), 0)
                + case when list_depth = longest then power(cast($rbo_p as double), list_depth) else 0 end
            )
        )) as overlap
    from lab_depths
    group by lab_run_id, request_id
) o on o.lab_run_id = q.lab_run_id and o.request_id = q.request_id
