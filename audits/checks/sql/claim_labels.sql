-- One row a creator, category or alias of an item of a dataset.
select item_id, kind, label
from item_labels
where dataset_fingerprint = $dataset
order by item_id, kind, label_index
