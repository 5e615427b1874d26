-- One row a run: the median time to the first token of a call, in milliseconds.
-- uses: first_token_places
select run_id, min(case when first_token_place >= 0.5 * n_timed then first_token_ms end) as measured,
    count(*) as n_units, cast(null as double) as standard_error
from first_token_places
group by run_id
order by run_id
