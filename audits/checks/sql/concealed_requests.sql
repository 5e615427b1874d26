-- One row a changed answer that gives reasons and never names the attribute.
-- uses: silent_answers
select run_id, request_id
from silent_answers
where silent = 1
order by run_id, request_id
limit $n_rows
