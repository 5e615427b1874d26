-- One row a request: tokens written in timed calls, a thousand times over, and the milliseconds that they took.
-- uses: call_facts
select run_id, request_id, user_id, 1000 * timed_tokens_out as part, cast(round(timed_ms) as bigint) as whole
from call_facts
