-- One row an item and label of the kind asked for.
select distinct dataset_fingerprint, item_id, label
from item_labels
where kind = $label_kind
