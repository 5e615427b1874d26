-- One row an item of a dataset: what the catalogue says of it in words.
select item_id, description
from items
where dataset_fingerprint = $dataset
