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
select e.label
from entities e
where e.dataset_fingerprint = $dataset_fingerprint and e.label is not null
    and not exists (
        select 1 from users u where u.dataset_fingerprint = e.dataset_fingerprint and u.user_id = e.entity_id
    )
