-- Tables of the stage. place orders rows: file, then line, then element of the line.
create table users (user_code integer not null, key varchar not null, n_history integer not null, n_holdout integer not null, cutoff bigint not null);
create table item_keys (item_code integer not null, key varchar not null, item_id varchar not null);
create table consumed (user_code integer not null, item_code integer not null);
create table staged (
    place bigint not null, user_code integer, user_text varchar, request varchar, rank integer, item_code integer,
    raw_text varchar, parsed boolean not null, answer varchar, score double, rationale varchar, prompt varchar,
    latency_ms double, model varchar, recorded_us bigint
);
create table resolved (raw_text varchar not null, item_code integer, match_kind varchar, match_score double, detail varchar not null);
