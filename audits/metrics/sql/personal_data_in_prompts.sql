-- One row a request: whether a prompt of it holds personal data, of requests with a prompt.
-- uses: request_finds
select run_id, request_id, user_id, in_prompts * has_prompt as part, has_prompt as whole
from request_finds
