-- One row a run and catalogue item that it was allowed to learn from: interactions, and users behind them.
-- uses: training_rows
-- kept
-- in arrays: training_counts
select run_no, item_no, count(*) as n_interactions, count(distinct user_number) as n_users
from training_rows
where item_no is not null
group by run_no, item_no
