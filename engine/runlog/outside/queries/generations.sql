-- The raw answers of a range, as model calls.
select request_index, cast(0 as integer) as generation_index, 'recommend' as purpose,
    coalesce(model, '') as gen_ai_request_model, cast(null as double) as gen_ai_request_temperature,
    cast(null as bigint) as gen_ai_request_seed,
    case when prompt is null then '[]' else '[{"content": ' || to_json(prompt) || ', "role": "user"}]' end
        as gen_ai_input_messages,
    coalesce(answer, '') as gen_ai_output_text, cast(null as bigint) as gen_ai_usage_input_tokens,
    cast(null as bigint) as gen_ai_usage_output_tokens, 'stop' as gen_ai_response_finish_reason,
    'unknown' as decoding, latency_ms, cast(1 as integer) as batch_size, cast(null as varchar) as error
from lists
where request_index >= $first and request_index < $last
order by request_index
