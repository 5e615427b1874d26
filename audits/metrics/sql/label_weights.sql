-- One row an item and label of the kind asked for: the item's weight of 1, spread evenly over its labels.
-- uses: label_sets
select dataset_fingerprint, item_id, label,
    1 / nullif(count(*) over (partition by dataset_fingerprint, item_id), 0) as weight
from label_sets
