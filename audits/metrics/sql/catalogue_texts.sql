-- One row a catalogue item of the runs in scope: what its text is made of.
-- uses: run_items
select r.item_no, i.dataset_fingerprint, i.item_id, i.title, i.description
from items i
join (select distinct dataset_fingerprint, item_id, item_no from run_items) r
    on r.dataset_fingerprint = i.dataset_fingerprint and r.item_id = i.item_id
order by r.item_no
