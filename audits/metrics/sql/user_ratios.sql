-- One row a run and user: part and whole, summed over the user's requests.
-- uses: ratio_rows
select run_id, user_id, sum(part) as part_sum, sum(whole) as whole_sum
from ratio_rows
group by run_id, user_id
