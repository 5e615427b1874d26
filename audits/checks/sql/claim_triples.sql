-- One row a fact of a dataset's graph about an item: the item, the relation, the name of what it is related to.
select h.item_id, t.relation, e.label
from triples t
join entities h on h.dataset_fingerprint = t.dataset_fingerprint and h.entity_id = t.head
join entities e on e.dataset_fingerprint = t.dataset_fingerprint and e.entity_id = t.tail
where t.dataset_fingerprint = $dataset and h.item_id is not null
order by h.item_id, t.relation, e.label
