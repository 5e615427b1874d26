-- One row a request: whether what came back holds personal data, of requests to which something came back.
-- uses: request_finds
select run_id, request_id, user_id, in_answers * has_answer as part, has_answer as whole
from request_finds
