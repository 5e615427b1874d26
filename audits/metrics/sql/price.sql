-- One row a run: price of its calls in scope, per 1,000 delivered items; null where a model has no price or no token counts.
-- uses: scope, request_outcomes
select d.run_id,
    case
        when c.n_unpriced = 0 then (coalesce(c.price_of_input, 0.0) + coalesce(c.price_of_output, 0.0)) / 1000.0
            / nullif(d.n_delivered, 0)
    end as measured,
    d.n_delivered as n_units, cast(null as double) as standard_error
from (select run_id, sum(n_delivered) as n_delivered from request_outcomes group by run_id) d
join (
    select x.run_id,
        sum(
            case when x.error is null and (
                x.input_price is null or x.gen_ai_usage_input_tokens is null or x.gen_ai_usage_output_tokens is null
            ) then 1 else 0 end
        ) as n_unpriced,
        sum(x.gen_ai_usage_input_tokens * x.input_price) as price_of_input,
        sum(x.gen_ai_usage_output_tokens * x.output_price) as price_of_output
    from (
        select q.run_id, g.error, g.gen_ai_usage_input_tokens, g.gen_ai_usage_output_tokens,
            case
                when g.gen_ai_request_model = $model_1 then cast($input_price_1 as double)
                when g.gen_ai_request_model = $model_2 then cast($input_price_2 as double)
                when g.gen_ai_request_model = $model_3 then cast($input_price_3 as double)
            end as input_price,
            case
                when g.gen_ai_request_model = $model_1 then cast($output_price_1 as double)
                when g.gen_ai_request_model = $model_2 then cast($output_price_2 as double)
                when g.gen_ai_request_model = $model_3 then cast($output_price_3 as double)
            end as output_price
        from scope q
        join generations g on g.run_id = q.run_id and g.request_id = q.request_id
    ) x
    group by x.run_id
) c on c.run_id = d.run_id
order by d.run_id
