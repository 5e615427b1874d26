-- Attributions also say where a feature stands, what the score is and begins from, and whether the rationale names it.
-- No earlier version wrote any.

drop table store.attributions;
create table store.attributions (
    run_id varchar not null,
    request_id varchar not null,
    slot_rank integer not null,
    feature_kind varchar not null,
    feature_index integer not null,
    feature varchar not null,
    contribution double not null,
    standard_error double,
    is_named boolean,
    base_value double not null,
    score double not null,
    additivity_gap double,
    n_evaluations bigint,
    method varchar not null
);
