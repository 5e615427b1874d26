-- One row a way to group the items of the runs' catalogues: how many items have such a group, and how many groups.
-- uses: scope
select k.group_kind, count(distinct concat(k.dataset_fingerprint, '/', k.item_id)) as n_items,
    count(distinct k.group_name) as n_groups
from (
    select 'provider' as group_kind, dataset_fingerprint, item_id, trim(provider) as group_name
    from items
    where nullif(trim(provider), '') is not null
    union all
    select 'domain' as group_kind, dataset_fingerprint, item_id, trim(domain) as group_name
    from items
    where nullif(trim(domain), '') is not null
    union all
    select kind as group_kind, dataset_fingerprint, item_id, trim(label) as group_name
    from item_labels
    where nullif(trim(label), '') is not null
) k
where k.dataset_fingerprint in (select distinct s.dataset_fingerprint from scope s)
group by k.group_kind
order by k.group_kind
