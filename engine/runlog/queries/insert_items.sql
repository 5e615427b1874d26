-- Items of a dataset; empty text means not known.
insert into store.items
    (dataset_fingerprint, item_id, title, domain, year, description, provider, price, in_stock, age_rating)
select ?, item_id, coalesce(title, ''), nullif(domain, ''), year, nullif(description, ''), nullif(provider, ''), price,
    in_stock, age_rating
from incoming
