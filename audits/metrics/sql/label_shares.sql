-- One row a run, item and label of the kind asked for, by numbers: the label's share of the item's labels.
-- uses: run_items, label_sets
select i.run_no, i.item_no, l.label_no, 1 / nullif(n.n_labels, 0) as share
from run_items i
join (
    select s.dataset_fingerprint, s.item_id, d.label_no
    from label_sets s
    join (
        select x.label, row_number() over (order by x.label) as label_no from (select distinct label from label_sets) x
    ) d on d.label = s.label
) l on l.dataset_fingerprint = i.dataset_fingerprint and l.item_id = i.item_id
join (
    select dataset_fingerprint, item_id, count(*) as n_labels from label_sets group by dataset_fingerprint, item_id
) n on n.dataset_fingerprint = i.dataset_fingerprint and n.item_id = i.item_id
