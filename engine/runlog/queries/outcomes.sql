-- How many slots of a run had which outcome, most frequent first.
select outcome, count(*) as n_slots
from slots
where run_id = ?
group by outcome
order by n_slots desc, outcome
