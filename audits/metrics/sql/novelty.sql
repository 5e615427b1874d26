-- One row a request: mean self-information, in bits, of the delivered items that any training user has had.
-- uses: list_facts
select run_id, request_id, user_id, request_no, information_sum / nullif(n_judged - n_cold, 0) as metric_value
from list_facts
