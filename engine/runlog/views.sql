-- The public SQL interface: what analysts query and what every audit reads. Replaced whole at each start of the index.
-- Column comments live in views_columns.sql, so that they are one list to read.

create or replace view datasets as
select fingerprint as dataset_fingerprint, name as dataset_name, source, disclosure, n_users, n_items, n_interactions,
    n_triples, quality_json
from store.datasets;

create or replace view users as
select dataset_fingerprint, user_id, user_number from store.users;

create or replace view user_attributes as
select dataset_fingerprint, user_id, attribute, attribute_value, user_number from store.user_attributes;

create or replace view items as
select dataset_fingerprint, item_id, title, domain, year, description, provider, price, in_stock, age_rating,
    item_number
from store.items;

create or replace view item_labels as
select dataset_fingerprint, item_id, kind, label, label_index from store.item_labels;

create or replace view interactions as
select dataset_fingerprint, user_id, item_id, interacted_at, rating, position, held_out, user_number, item_number
from store.interactions;

create or replace view entities as
select dataset_fingerprint, entity_id, label, kind, item_id from store.entities;

create or replace view triples as
select dataset_fingerprint, head, relation, tail from store.triples;

create or replace view runs as
select run_id, plan_digest, label, recommender, paradigm, config_json, dataset_name, dataset_fingerprint, model_name,
    model_digest, model_json, device, k, seed, split_kind, split_n, split_cutoff_at, candidate_protocol, n_repeats,
    n_variants, n_planned, allows_repeat_consumption, prompt_hashes_json, package_versions_json, semconv_version,
    planned_at, finished_at, run_status, fit_seconds, base_run_id,
    json_extract_string(config_json, '$.score_kind') as score_kind
from store.runs;

create or replace view journals as
select run_id, records as n_records, head_hash, problem
from store.journals;

create or replace view requests as
select run_id, request_id, request_index, user_id, variant, variant_statement, repeat_index, k, n_history, n_holdout,
    cutoff_at, candidates_json, constraints_json, prompt, latency_ms, request_status, error, seed, recorded_at,
    batch_size, user_number
from store.requests;

create or replace view interventions as
select run_id, request_id, base_run_id, base_request_id, lab_test, lab_level, method, given_reasoning, withheld_json,
    n_withheld, hint, item_id, detail
from store.interventions;

create or replace view generations as
select run_id, request_id, generation_index, purpose, gen_ai_request_model, gen_ai_request_temperature,
    gen_ai_request_seed, gen_ai_input_messages, gen_ai_output_text, gen_ai_usage_input_tokens,
    gen_ai_usage_output_tokens, gen_ai_response_finish_reason, decoding, latency_ms, batch_size, error, first_token_ms
from store.generations;

create or replace view resources as
select run_id, record_index, phase, n_requests, seconds, cpu_seconds, peak_memory_bytes, peak_gpu_memory_bytes,
    energy_joules, energy_source, recorded_at
from store.resources;

create or replace view steps as
select run_id, request_id, step_index, kind, step_text, tool, arguments, observation, item_id from store.steps;

create or replace view slots as
select s.run_id, s.request_id, r.user_id, r.variant, r.repeat_index, s.slot_rank, s.outcome, s.outcome_detail,
    s.raw_text, s.item_id, s.match_kind, s.match_score, s.score
from store.slots s
join store.requests r on r.run_id = s.run_id and r.request_id = s.request_id;

-- The same without what is the request's: for queries that join the requests themselves, over many millions of rows.
create or replace view recorded_slots as
select run_id, request_id, slot_rank, outcome, outcome_detail, raw_text, item_id, match_kind, match_score, score,
    request_index, item_number
from store.slots;

create or replace view rationales as
select run_id, request_id, slot_rank, item_id, rationale from store.rationales;

create or replace view claims as
select run_id, request_id, slot_rank, claim_index, origin, step_index, sentence, subject_item_id, relation, claimed_value,
    claim_kind, verdict, evidence_kind, evidence
from store.claims;

create or replace view paths as
select run_id, request_id, slot_rank, path_index, hop_index, head, relation, tail, 'given' as origin from store.paths
union all
select run_id, request_id, slot_rank, path_index, hop_index, head, relation, tail, 'found' as origin
from store.found_paths;

create or replace view attributions as
select run_id, request_id, slot_rank, feature_kind, feature_index, feature, contribution, standard_error, is_named,
    base_value, score, additivity_gap, n_evaluations, method
from store.attributions;

create or replace view personal_data as
select run_id, request_id, field, find_index, kind, masked, n_times, slot_rank, in_prompt
from store.personal_data;

create or replace view derived as
select table_name, run_id, producer, journal_head, n_rows, problem
from store.derived_files;

-- What a request's user had consumed before the cutoff.
create or replace view histories as
select q.run_id, q.request_id, q.user_id, i.item_id, i.interacted_at, i.rating, i.position
from store.requests q
join store.runs r on r.run_id = q.run_id
join store.interactions i on i.dataset_fingerprint = r.dataset_fingerprint and i.user_id = q.user_id
where i.position < q.n_history;

-- What a request's user really did next: the held-out items, each once, without what the history already holds.
create or replace view targets as
select q.run_id, q.request_id, q.user_id, i.item_id, min(i.interacted_at) as interacted_at, max(i.rating) as rating
from store.requests q
join store.runs r on r.run_id = q.run_id
join store.interactions i on i.dataset_fingerprint = r.dataset_fingerprint and i.user_id = q.user_id
where i.position >= q.n_history and i.position < q.n_history + q.n_holdout
    and (
        r.allows_repeat_consumption
        or not exists (
            select 1 from store.interactions h
            where h.dataset_fingerprint = i.dataset_fingerprint and h.user_id = i.user_id and h.item_id = i.item_id
                and h.position < q.n_history
        )
    )
group by q.run_id, q.request_id, q.user_id, i.item_id;

-- Everything that any recommender of a run was allowed to learn from.
create or replace view training_interactions as
select r.run_id, i.user_id, i.item_id, i.interacted_at, i.rating, i.position, i.user_number, i.item_number
from store.runs r
join store.interactions i on i.dataset_fingerprint = r.dataset_fingerprint
where (r.split_kind = 'leave-last-out' and i.position < i.n_user_interactions - r.split_n)
    or (r.split_kind = 'cutoff-time' and i.interacted_at < r.split_cutoff_at)
    or (r.split_kind = 'given' and not i.held_out);
