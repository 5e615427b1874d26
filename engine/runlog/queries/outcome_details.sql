-- How many slots of a run had which outcome, those without a catalogue item by kind, most frequent first.
select d.outcome_kind, count(*) as n_slots
from (
    select case
        when outcome_detail = '' or outcome <> 'out_of_catalogue' then outcome
        when outcome_detail like 'near miss%' then outcome || ': near miss'
        else outcome || ': ' || outcome_detail
    end as outcome_kind
    from slots
    where run_id = ?
) d
group by d.outcome_kind
order by n_slots desc, d.outcome_kind
