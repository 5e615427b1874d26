-- What logs and datasets from outside need; nothing that is indexed already had any of it.

-- Datasets that came with a held-out part mark its interactions.
alter table store.interactions add column held_out boolean default false;

-- How an imported answer was sampled may not be known.
alter table store.generations alter column gen_ai_request_temperature drop not null;
