-- One row a catalogue item of a dataset, with what claims about it are checked against.
select item_id, title, domain, year, provider, price, in_stock, age_rating
from items
where dataset_fingerprint = $dataset
order by item_id
