-- Datasets that came with a held-out part mark its interactions; no dataset that is indexed already did.
alter table store.interactions add column held_out boolean default false;
