-- One row a run and interaction that it was allowed to learn from, by numbers.
-- uses: run_numbers, dataset_numbers
select r.run_no, d.items_before + t.item_number as item_no, t.user_number
from training_interactions t
join run_numbers r on r.run_id = t.run_id
join dataset_numbers d on d.dataset_fingerprint = r.dataset_fingerprint
where t.run_id in ($run_ids)
