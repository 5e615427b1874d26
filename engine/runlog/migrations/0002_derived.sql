-- Rows that audits derive from runs. They come from files beside the journals; no earlier version wrote any.

drop table store.claims;
create table store.claims (
    run_id varchar not null,
    request_id varchar not null,
    slot_rank integer,
    claim_index integer not null,
    origin varchar not null,
    step_index integer,
    sentence varchar not null,
    subject_item_id varchar,
    relation varchar,
    claimed_value varchar,
    claim_kind varchar not null,
    verdict varchar not null,
    evidence_kind varchar not null,
    evidence varchar
);

drop table store.attributions;
create table store.attributions (
    run_id varchar not null,
    request_id varchar not null,
    slot_rank integer not null,
    feature_kind varchar not null,
    feature varchar not null,
    contribution double not null,
    method varchar not null,
    additivity_gap double,
    n_evaluations bigint,
    standard_error double
);

create table store.found_paths (
    run_id varchar not null,
    request_id varchar not null,
    slot_rank integer not null,
    path_index integer not null,
    hop_index integer not null,
    head varchar not null,
    relation varchar not null,
    tail varchar not null
);

-- Which files the rows come from. A file is read again when its stamp (inode, size, time) changes.
create table store.derived_files (
    table_name varchar not null,
    run_id varchar not null,
    stamp varchar not null,
    producer varchar,
    journal_head varchar,
    n_rows bigint not null,
    problem varchar,
    primary key (table_name, run_id)
);
