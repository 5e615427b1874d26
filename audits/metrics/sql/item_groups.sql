-- One row a run, item and group that the item belongs to: its provider, its domain, head or tail, or a label of a kind.
-- An item of several groups counts in equal parts for each; one of none is "unknown".
-- uses: run_items, popularity
-- kept
select i.run_id, i.run_no, i.item_no, coalesce(g.group_name, 'unknown') as group_name,
    1 / nullif(coalesce(n.n_groups, 1), 0) as weight
from run_items i
left join (
    select dataset_fingerprint, item_id, trim(provider) as group_name
    from items
    where $group_kind = 'provider' and nullif(trim(provider), '') is not null
    union all
    select dataset_fingerprint, item_id, trim(domain) as group_name
    from items
    where $group_kind = 'domain' and nullif(trim(domain), '') is not null
    union all
    select distinct dataset_fingerprint, item_id, trim(label) as group_name
    from item_labels
    where kind = $group_kind and nullif(trim(label), '') is not null
    union all
    select r.dataset_fingerprint, r.item_id, case when max(p.in_tail) = 1 then 'long tail' else 'head' end as group_name
    from run_items r
    join popularity p on p.run_no = r.run_no and p.item_no = r.item_no
    where $group_kind = 'popularity'
    group by r.dataset_fingerprint, r.item_id
) g on g.dataset_fingerprint = i.dataset_fingerprint and g.item_id = i.item_id
left join (
    select m.dataset_fingerprint, m.item_id, count(*) as n_groups
    from (
        select distinct dataset_fingerprint, item_id, trim(label) as label
        from item_labels
        where kind = $group_kind and nullif(trim(label), '') is not null
    ) m
    group by m.dataset_fingerprint, m.item_id
) n on n.dataset_fingerprint = i.dataset_fingerprint and n.item_id = i.item_id
