-- Creators, categories or aliases of a dataset's items.
insert into store.item_labels (dataset_fingerprint, item_id, kind, label, label_index)
select ?, item_id, kind, label, label_index from incoming
