-- Describe a dataset.
insert into store.datasets
    (fingerprint, name, source, disclosure, n_users, n_items, n_interactions, n_triples, quality_json)
values (?, ?, ?, ?, ?, ?, ?, ?, ?)
