-- One row a run of a recommender with a model: what its requests cost; newest first.
select r.run_id, r.dataset_fingerprint, r.k, r.device, r.fit_seconds, q.n_requests, q.total_ms,
    coalesce(g.n_calls, 0) as n_calls, g.tokens_in, g.tokens_out
from runs r
join (
    select run_id, count(*) as n_requests, sum(latency_ms) as total_ms
    from requests
    group by run_id
) q on q.run_id = r.run_id
left join (
    select run_id, count(*) as n_calls, sum(gen_ai_usage_input_tokens) as tokens_in,
        sum(gen_ai_usage_output_tokens) as tokens_out
    from generations
    group by run_id
) g on g.run_id = r.run_id
where r.base_run_id is null and r.recommender = ? and coalesce(r.model_name, '') = ?
order by r.planned_at desc, r.run_id
