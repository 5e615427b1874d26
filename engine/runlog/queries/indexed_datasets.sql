-- Datasets whose rows the index holds.
select fingerprint from store.datasets
