-- One row a model call of a request, in order.
select generation_index, purpose, gen_ai_request_model, gen_ai_request_temperature, gen_ai_request_seed,
    gen_ai_input_messages, gen_ai_output_text, gen_ai_usage_input_tokens, gen_ai_usage_output_tokens,
    gen_ai_response_finish_reason, decoding, latency_ms, batch_size, error
from generations
where run_id = ? and request_id = ?
order by generation_index
