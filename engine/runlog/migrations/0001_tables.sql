-- Base tables of the index. Each row of a run carries run_id, so that a run can be dropped and read again from its journal.

create schema if not exists store;

-- Which migrations and which views this file was made with.
create table store.schema_state (
    name varchar primary key,
    digest varchar not null
);

-- How far each journal was read. A problem stops its reading at the offset; problem_stamp is the file's size and time then.
create table store.journals (
    run_id varchar primary key,
    offset_bytes bigint not null,
    records bigint not null,
    head_hash varchar not null,
    problem varchar,
    problem_stamp varchar
);

create table store.datasets (
    fingerprint varchar primary key,
    name varchar not null,
    source varchar not null,
    disclosure varchar not null,
    n_users bigint not null,
    n_items bigint not null,
    n_interactions bigint not null,
    n_triples bigint not null,
    quality_json varchar not null
);

create table store.users (
    dataset_fingerprint varchar not null,
    user_id varchar not null
);

create table store.user_attributes (
    dataset_fingerprint varchar not null,
    user_id varchar not null,
    attribute varchar not null,
    attribute_value varchar
);

create table store.items (
    dataset_fingerprint varchar not null,
    item_id varchar not null,
    title varchar not null,
    domain varchar,
    year integer,
    description varchar,
    provider varchar,
    price double,
    in_stock boolean,
    age_rating integer
);

create table store.item_labels (
    dataset_fingerprint varchar not null,
    item_id varchar not null,
    kind varchar not null,
    label varchar not null,
    label_index integer not null
);

create table store.interactions (
    dataset_fingerprint varchar not null,
    user_id varchar not null,
    item_id varchar not null,
    interacted_at timestamp not null,
    rating double,
    position integer not null,
    n_user_interactions integer not null
);

create table store.entities (
    dataset_fingerprint varchar not null,
    entity_id varchar not null,
    label varchar not null,
    kind varchar,
    item_id varchar
);

create table store.triples (
    dataset_fingerprint varchar not null,
    head varchar not null,
    relation varchar not null,
    tail varchar not null
);

create table store.runs (
    run_id varchar primary key,
    plan_digest varchar not null,
    label varchar not null,
    recommender varchar not null,
    paradigm varchar not null,
    config_json varchar not null,
    dataset_name varchar not null,
    dataset_fingerprint varchar not null,
    model_name varchar,
    model_digest varchar,
    model_json varchar,
    device varchar,
    k integer not null,
    seed bigint not null,
    split_kind varchar not null,
    split_n integer,
    split_cutoff_at timestamp,
    candidate_protocol varchar not null,
    n_repeats integer not null,
    n_variants integer not null,
    n_planned bigint not null,
    allows_repeat_consumption boolean not null,
    prompt_hashes_json varchar not null,
    package_versions_json varchar not null,
    semconv_version varchar not null,
    planned_at timestamp not null,
    finished_at timestamp,
    run_status varchar not null,
    fit_seconds double
);

create table store.requests (
    run_id varchar not null,
    request_id varchar not null,
    request_index bigint not null,
    user_id varchar not null,
    variant varchar not null,
    variant_statement varchar not null,
    repeat_index integer not null,
    k integer not null,
    n_history integer not null,
    n_holdout integer not null,
    cutoff_at timestamp not null,
    candidates_json varchar,
    constraints_json varchar not null,
    prompt varchar,
    latency_ms double,
    request_status varchar not null,
    error varchar,
    seed bigint not null,
    recorded_at timestamp not null
);

create table store.generations (
    run_id varchar not null,
    request_id varchar not null,
    generation_index integer not null,
    purpose varchar not null,
    gen_ai_request_model varchar not null,
    gen_ai_request_temperature double not null,
    gen_ai_request_seed bigint,
    gen_ai_input_messages varchar not null,
    gen_ai_output_text varchar not null,
    gen_ai_usage_input_tokens bigint,
    gen_ai_usage_output_tokens bigint,
    gen_ai_response_finish_reason varchar not null,
    decoding varchar not null,
    latency_ms double,
    batch_size integer not null,
    error varchar
);

create table store.steps (
    run_id varchar not null,
    request_id varchar not null,
    step_index integer not null,
    kind varchar not null,
    step_text varchar not null,
    tool varchar not null,
    arguments varchar not null,
    observation varchar not null,
    item_id varchar
);

create table store.slots (
    run_id varchar not null,
    request_id varchar not null,
    slot_rank integer not null,
    outcome varchar not null,
    outcome_detail varchar not null,
    raw_text varchar,
    item_id varchar,
    match_kind varchar,
    match_score double,
    score double
);

create table store.rationales (
    run_id varchar not null,
    request_id varchar not null,
    slot_rank integer not null,
    item_id varchar,
    rationale varchar not null
);

create table store.claims (
    run_id varchar not null,
    request_id varchar not null,
    slot_rank integer not null,
    claim_index integer not null,
    sentence varchar not null,
    subject varchar,
    relation varchar,
    claimed_value varchar,
    verdict varchar not null,
    evidence varchar
);

create table store.paths (
    run_id varchar not null,
    request_id varchar not null,
    slot_rank integer not null,
    path_index integer not null,
    hop_index integer not null,
    head varchar not null,
    relation varchar not null,
    tail varchar not null
);

create table store.attributions (
    run_id varchar not null,
    request_id varchar not null,
    slot_rank integer not null,
    feature_kind varchar not null,
    feature varchar not null,
    contribution double not null,
    method varchar not null
);
