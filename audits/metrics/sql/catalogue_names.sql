-- One row a creator or category of a catalogue item of the runs in scope, in the catalogue's order.
-- uses: run_items
select r.item_no, l.kind, l.label
from item_labels l
join (select distinct dataset_fingerprint, item_id, item_no from run_items) r
    on r.dataset_fingerprint = l.dataset_fingerprint and r.item_id = l.item_id
where l.kind in ('creator', 'category')
order by r.item_no, l.kind, l.label_index
