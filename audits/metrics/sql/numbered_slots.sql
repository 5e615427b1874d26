-- One row a slot of the runs in scope, by numbers; an item that is not in the catalogue has none.
-- uses: run_numbers, dataset_numbers
select cast(r.requests_before + s.request_index + 1 as integer) as request_no, s.slot_rank, s.outcome, s.outcome_detail,
    d.items_before + s.item_number as item_no, s.score
from recorded_slots s
join run_numbers r on r.run_id = s.run_id
join dataset_numbers d on d.dataset_fingerprint = r.dataset_fingerprint
