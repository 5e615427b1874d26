-- One row an entity that is no item: how many items it is linked with, and its place in its kind from the fewest up.
-- uses: scope
select c.dataset_fingerprint, c.entity_id, c.kind, c.n_items,
    row_number() over (partition by c.dataset_fingerprint, c.kind order by c.n_items, c.entity_id) as place,
    count(*) over (
        partition by c.dataset_fingerprint, c.kind order by c.n_items
        range between unbounded preceding and current row
    ) as last_place,
    min(c.n_items) over (partition by c.dataset_fingerprint, c.kind) as least,
    count(*) over (partition by c.dataset_fingerprint, c.kind) as n_of_kind
from (
    select e.dataset_fingerprint, e.entity_id, coalesce(e.kind, '') as kind, count(distinct i.item_id) as n_items
    from (select distinct dataset_fingerprint from scope) f
    join entities e on e.dataset_fingerprint = f.dataset_fingerprint
    join (
        select dataset_fingerprint, head as entity_id, tail as other_id from triples
        union
        select dataset_fingerprint, tail as entity_id, head as other_id from triples
    ) l on l.dataset_fingerprint = e.dataset_fingerprint and l.entity_id = e.entity_id
    join entities i on i.dataset_fingerprint = l.dataset_fingerprint and i.entity_id = l.other_id
        and i.item_id is not null
    where e.item_id is null
    group by e.dataset_fingerprint, e.entity_id, coalesce(e.kind, '')
) c
