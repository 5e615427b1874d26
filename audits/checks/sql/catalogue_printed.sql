-- One row a text that the catalogue of a dataset prints: ids, titles, descriptions, providers, labels, names of entities.
select item_id as printed from items where dataset_fingerprint = $dataset_fingerprint
union
select title from items where dataset_fingerprint = $dataset_fingerprint
union
select description from items where dataset_fingerprint = $dataset_fingerprint and description is not null
union
select provider from items where dataset_fingerprint = $dataset_fingerprint and provider is not null
union
select label from item_labels where dataset_fingerprint = $dataset_fingerprint
union
select label from entities where dataset_fingerprint = $dataset_fingerprint and label is not null
