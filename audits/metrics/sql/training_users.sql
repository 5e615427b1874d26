-- One row a run that was allowed to learn from anything: users behind it.
-- uses: training_rows
-- kept
select run_no, count(distinct user_number) as n_users
from training_rows
group by run_no
