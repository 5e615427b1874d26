-- One row a run and user, in the order of their names: part and whole, summed over the user's requests.
-- uses: user_ratios
select run_id, user_id, part_sum, whole_sum
from user_ratios
order by run_id, user_id
