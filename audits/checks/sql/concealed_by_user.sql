-- One row a run and user: changed answers with reasons that never name the attribute, and all that give reasons.
-- uses: silent_answers
select run_id, user_id, sum(silent) as part_sum, count(*) as whole_sum
from silent_answers
group by run_id, user_id
order by run_id, user_id
