-- One row an item of a dataset: its title.
select item_id, title
from items
where dataset_fingerprint = $dataset_fingerprint
