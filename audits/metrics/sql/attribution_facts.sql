-- One row a recommendation in scope that is explained by its history: what its items contribute, what its reason names.
-- uses: scope
-- kept
select q.run_id, q.request_id, q.user_id, a.slot_rank, count(*) as n_features, sum(abs(a.contribution)) as whole_size,
    max(abs(a.contribution)) as largest_size, avg(coalesce(a.standard_error, 0.0)) as mean_error,
    max(abs(a.additivity_gap)) as gap_size, max(a.n_evaluations) as n_asked, count(a.is_named) as n_judged,
    sum(case when a.is_named then 1 else 0 end) as n_named,
    max(case when a.is_named and t.top_contribution > 0 and a.contribution >= t.top_contribution then 1 else 0 end)
        as names_top
from scope q
join attributions a on a.run_id = q.run_id and a.request_id = q.request_id and a.slot_rank <= q.list_k
join (
    select run_id, request_id, slot_rank, max(contribution) as top_contribution
    from attributions
    where run_id in ($run_ids) and feature_kind = 'history item'
    group by run_id, request_id, slot_rank
) t on t.run_id = a.run_id and t.request_id = a.request_id and t.slot_rank = a.slot_rank
where a.feature_kind = 'history item'
group by q.run_id, q.request_id, q.user_id, a.slot_rank
