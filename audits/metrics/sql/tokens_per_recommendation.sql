-- One row a request: tokens read and written, and delivered items; none of either where a call has no count.
-- uses: call_facts
select run_id, request_id, user_id, case when n_uncounted = 0 then tokens else 0 end as part, case when n_uncounted = 0 then n_delivered else 0 end as whole
from call_facts
