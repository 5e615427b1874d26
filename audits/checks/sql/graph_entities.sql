-- One row an entity of a dataset's knowledge graph; item_id null: it is no item.
select entity_id, label, kind, item_id
from entities
where dataset_fingerprint = $dataset_fingerprint
