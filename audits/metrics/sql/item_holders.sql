-- One row a run and item: requests whose user had it before.
-- uses: history_rows
-- kept
-- in arrays: item_holders
select run_no, item_no, count(distinct request_no) as n_had
from history_rows
group by run_no, item_no
