-- One row a request: delivered items, model calls, their tokens, calls without token counts, and their milliseconds.
-- uses: scope, request_outcomes
select o.run_id, o.request_id, o.user_id, o.n_delivered, coalesce(c.n_calls, 0) as n_calls,
    coalesce(c.n_uncounted, 0) as n_uncounted, coalesce(c.tokens, 0) as tokens,
    coalesce(c.timed_tokens_out, 0) as timed_tokens_out, coalesce(c.timed_ms, 0.0) as timed_ms
from request_outcomes o
left join (
    select q.run_id, q.request_id, count(*) as n_calls,
        sum(
            case
                when g.error is null and (
                    g.gen_ai_usage_input_tokens is null or g.gen_ai_usage_output_tokens is null
                ) then 1
                else 0
            end
        ) as n_uncounted,
        sum(coalesce(g.gen_ai_usage_input_tokens, 0) + coalesce(g.gen_ai_usage_output_tokens, 0)) as tokens,
        sum(
            case when g.latency_ms is not null then coalesce(g.gen_ai_usage_output_tokens, 0) else 0 end
        ) as timed_tokens_out,
        sum(
            case
                when g.gen_ai_usage_output_tokens > 0 then coalesce(g.latency_ms, 0.0) / nullif(g.batch_size, 0)
                else 0.0
            end
        ) as timed_ms
    from scope q
    join generations g on g.run_id = q.run_id and g.request_id = q.request_id
    group by q.run_id, q.request_id
) c on c.run_id = o.run_id and c.request_id = o.request_id
