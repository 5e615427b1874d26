-- One row a user that is scored in both runs: the run's value, the reference's, and their difference.
-- uses: user_values
select a.user_id, a.user_value as run_value, b.user_value as reference_value, a.user_value - b.user_value as difference
from user_values a
join user_values b on b.user_id = a.user_id
where a.run_id = $run_id and b.run_id = $reference_run_id and a.user_value is not null and b.user_value is not null
order by a.user_id
