-- Datasets that runs rest on.
select distinct dataset_fingerprint from store.runs
