-- One row a run and user that anything was delivered to, first repetition only: a hash by which users are drawn.
-- uses: list_facts
-- kept
select run_id, user_id, request_no, n_delivered, substring(md5(concat(user_id, $sample_salt)), 1, 12) as drawn
from list_facts
where repeat_index = 0 and n_delivered > 0
