-- Give the slots of a dataset's runs the numbers of their items, where they came before the dataset did.
update store.slots
set item_number = i.item_number
from store.items i
where i.dataset_fingerprint = $1 and i.item_id = slots.item_id and slots.item_number is null
    and slots.run_id in (select run_id from store.runs where dataset_fingerprint = $1)
