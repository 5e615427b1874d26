-- One row a run and user, where each user has one request in scope: its part and whole.
-- uses: ratio_rows
select run_id, user_id, part as part_sum, whole as whole_sum
from ratio_rows
