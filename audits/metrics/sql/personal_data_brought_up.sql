-- One row a request: whether what came back holds personal data that no prompt of it does, of those with a prompt.
-- uses: request_finds
select run_id, request_id, user_id, brought_up * has_answer * has_prompt as part, has_answer * has_prompt as whole
from request_finds
