-- One row a run and catalogue item, numbered: an item has the same number in all runs of a dataset.
-- uses: run_numbers, dataset_numbers
-- kept
select r.run_id, r.run_no, r.dataset_fingerprint, i.item_id, d.items_before + i.item_number as item_no
from run_numbers r
join dataset_numbers d on d.dataset_fingerprint = r.dataset_fingerprint
join items i on i.dataset_fingerprint = r.dataset_fingerprint
