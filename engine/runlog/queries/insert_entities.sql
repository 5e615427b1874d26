-- Entities of a dataset's knowledge graph.
insert into store.entities (dataset_fingerprint, entity_id, label, kind, item_id)
select ?, entity_id, coalesce(label, ''), nullif(kind, ''), item_id from incoming
