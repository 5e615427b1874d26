-- What runs used: a row a phase and process; how many requests shared a batch; time to the first token of a call.

alter table store.requests add column batch_size integer;
alter table store.generations add column first_token_ms double;

create table store.resources (
    run_id varchar not null,
    record_index bigint not null,
    phase varchar not null,
    n_requests bigint not null,
    seconds double not null,
    cpu_seconds double not null,
    peak_memory_bytes bigint not null,
    peak_gpu_memory_bytes bigint,
    energy_joules double,
    energy_source varchar,
    recorded_at timestamp not null
);

-- Personal data that an audit found in the texts of runs, masked; derived rows, like claims.
create table store.personal_data (
    run_id varchar not null,
    request_id varchar not null,
    field varchar not null,
    find_index integer not null,
    kind varchar not null,
    masked varchar not null,
    n_times integer not null,
    slot_rank integer
);
