-- One row a request: sentences of its rationales that no claim was read from, of its sentences.
-- uses: request_claims
select run_id, request_id, user_id, n_unread_sentences as part, n_sentences as whole
from request_claims
