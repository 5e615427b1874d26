-- One row a run and user that is scored, in the order of their names: what the intervals are taken from.
-- uses: user_values
select run_id, user_id, user_value
from user_values
where user_value is not null
order by run_id, user_id
