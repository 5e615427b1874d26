-- One row a dataset: relations that join an item with anything, the types that a path can be of.
-- uses: scope
select t.dataset_fingerprint, count(distinct t.relation) as n_types
from (select distinct dataset_fingerprint from scope) f
join triples t on t.dataset_fingerprint = f.dataset_fingerprint
join entities e on e.dataset_fingerprint = t.dataset_fingerprint and e.item_id is not null
    and (e.entity_id = t.head or e.entity_id = t.tail)
group by t.dataset_fingerprint
