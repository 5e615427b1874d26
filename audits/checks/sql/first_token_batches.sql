-- One row a time to the first token that occurs in a run, and its calls; calls of one batch share theirs.
-- uses: first_token_places
select run_id, first_token_ms, count(*) as n_calls
from first_token_places
group by run_id, first_token_ms
order by run_id, first_token_ms
