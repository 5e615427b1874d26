-- One row an item and label of the chosen kind, of the datasets of the runs in scope.
-- uses: scope
select distinct l.item_id, l.label
from (select distinct dataset_fingerprint from scope) d
join item_labels l on l.dataset_fingerprint = d.dataset_fingerprint
where l.kind = $label_kind
order by l.item_id, l.label
