-- One row a request and item of its user's history, by numbers: how often.
-- uses: scope, numbered_requests, run_items, history_rows
select request_no, item_no, n_times
from history_rows
