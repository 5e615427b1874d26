-- One row a request: sum of -ln(probability given to what was the case), over candidates whose score is a probability.
-- uses: scope, numbered_requests, run_items, placed, target_rows, hit_rows, judged_pairs, probability_pairs
select q.run_id, q.request_id, q.user_id, q.request_no, coalesce(x.loss_sum, 0.0) as part,
    coalesce(x.n_pairs, 0) as whole
from numbered_requests q
left join (
    select p.request_no, count(*) as n_pairs,
        sum(
            case when p.is_target = 1 then greatest(0.0 - p.margin, 0.0) else greatest(p.margin, 0.0) end
            + ln(1.0 + exp(0.0 - abs(p.margin)))
        ) as loss_sum
    from probability_pairs p
    group by p.request_no
) x on x.request_no = q.request_no
