-- One row a run and user: the part and the whole whose sums give a group's value; for a mean, the value and 1.
-- uses: user_values
select run_id, user_id, user_value as part, case when user_value is null then 0e0 else 1e0 end as whole
from user_values
