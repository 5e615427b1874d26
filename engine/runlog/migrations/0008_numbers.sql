-- Numbers beside names: of users and items within their dataset, of a slot's request within its run. They join and group
-- far faster. The index is made again, so that all rows have them.
-- needs: rebuild
alter table store.users add column user_number integer;
alter table store.user_attributes add column user_number integer;
alter table store.items add column item_number integer;
alter table store.interactions add column user_number integer;
alter table store.interactions add column item_number integer;
alter table store.requests add column user_number integer;
alter table store.slots add column request_index bigint;
alter table store.slots add column item_number integer;
