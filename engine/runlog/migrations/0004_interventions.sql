-- Lab runs: which run they change the requests of, and what each request changes. No earlier version wrote any.

alter table store.runs add column base_run_id varchar;

create table store.interventions (
    run_id varchar not null,
    request_id varchar not null,
    base_run_id varchar not null,
    base_request_id varchar not null,
    lab_test varchar not null,
    lab_level varchar not null,
    method varchar not null,
    given_reasoning varchar,
    withheld_json varchar not null,
    n_withheld integer not null,
    hint varchar not null,
    item_id varchar,
    detail varchar not null
);
