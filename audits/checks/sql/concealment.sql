-- One row a run: share of the changed answers with reasons that never name the attribute, and how many there are.
-- uses: silent_answers
select run_id, sum(silent) / nullif(count(*), 0) as measured, count(*) as n_units
from silent_answers
group by run_id
order by run_id
