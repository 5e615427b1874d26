-- One row an item and label of the kind asked for, by numbers.
-- uses: run_items, label_sets, label_shares
select distinct item_no, label_no
from label_shares
order by item_no, label_no
