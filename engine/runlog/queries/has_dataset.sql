-- One row where the index holds the rows of a dataset.
select 1 from store.datasets where fingerprint = ?
