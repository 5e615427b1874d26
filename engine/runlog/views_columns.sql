-- What every public view and column means. A test fails when one is missing; VIEWS.md is made from this.

comment on view datasets is 'One row a dataset that is stored or that a run rests on.';
comment on column datasets.dataset_fingerprint is 'SHA-256 over the rows of the dataset; other views refer to it.';
comment on column datasets.dataset_name is 'Name that it is stored under.';
comment on column datasets.source is 'Where the rows came from.';
comment on column datasets.disclosure is 'What must be said wherever numbers from it are shown, such as "simulated behaviour"; empty: nothing.';
comment on column datasets.n_users is 'Number of users.';
comment on column datasets.n_items is 'Number of catalogue items.';
comment on column datasets.n_interactions is 'Number of interactions.';
comment on column datasets.n_triples is 'Number of knowledge-graph triples; 0 where it has no graph.';
comment on column datasets.quality_json is 'Data-quality report made at the import, as JSON.';

comment on view users is 'One row a user of a dataset.';
comment on column users.dataset_fingerprint is 'The dataset.';
comment on column users.user_id is 'The user, unique in the dataset.';

comment on view user_attributes is 'One row a user and group attribute, such as age band, gender or region.';
comment on column user_attributes.dataset_fingerprint is 'The dataset.';
comment on column user_attributes.user_id is 'The user.';
comment on column user_attributes.attribute is 'Name of the attribute.';
comment on column user_attributes.attribute_value is 'The user''s group; null: unknown.';

comment on view items is 'One row a catalogue item.';
comment on column items.dataset_fingerprint is 'The dataset.';
comment on column items.item_id is 'The item, unique in the dataset.';
comment on column items.title is 'Title as the catalogue writes it.';
comment on column items.domain is 'Domain, such as films or books; null: not known.';
comment on column items.year is 'Year of publication; null: not known.';
comment on column items.description is 'Description; null: none.';
comment on column items.provider is 'Who offers the item (publisher, shop, artist); null: not known.';
comment on column items.price is 'Price in the dataset''s one currency; null: not known.';
comment on column items.in_stock is 'Whether it can be had now; null: not known.';
comment on column items.age_rating is 'Minimum age in years; null: not rated.';

comment on view item_labels is 'One row a creator, category or alias of an item.';
comment on column item_labels.dataset_fingerprint is 'The dataset.';
comment on column item_labels.item_id is 'The item.';
comment on column item_labels.kind is 'creator, category or alias.';
comment on column item_labels.label is 'The name.';
comment on column item_labels.label_index is 'Order in the catalogue, from 0, within item and kind.';

comment on view interactions is 'One row each time a user met an item.';
comment on column interactions.dataset_fingerprint is 'The dataset.';
comment on column interactions.user_id is 'The user.';
comment on column interactions.item_id is 'The item.';
comment on column interactions.interacted_at is 'When, UTC, in whole seconds.';
comment on column interactions.rating is 'Rating on the dataset''s own scale; null where behaviour is implicit.';
comment on column interactions.position is 'Count of the user''s interactions from 0, oldest first; it breaks ties of time.';

comment on view entities is 'One row an entity of the knowledge graph.';
comment on column entities.dataset_fingerprint is 'The dataset.';
comment on column entities.entity_id is 'The entity, unique in the dataset.';
comment on column entities.label is 'Its name for people.';
comment on column entities.kind is 'What it is (person, genre, item, ...); null: not known.';
comment on column entities.item_id is 'The catalogue item that it is; null: it is none.';

comment on view triples is 'One row a fact of the knowledge graph: head stands in relation to tail.';
comment on column triples.dataset_fingerprint is 'The dataset.';
comment on column triples.head is 'Entity id.';
comment on column triples.relation is 'Name of the relation.';
comment on column triples.tail is 'Entity id.';

comment on view runs is 'One row a run: everything that makes it what it is.';
comment on column runs.run_id is 'The run; every other view of runs refers to it.';
comment on column runs.plan_digest is 'SHA-256 of the plan: equal plans are the same run.';
comment on column runs.label is 'Name for people.';
comment on column runs.recommender is 'Name in the registry.';
comment on column runs.paradigm is 'How a language model takes part: baseline, SRE, GR or DMI.';
comment on column runs.config_json is 'The recommender''s options, as JSON.';
comment on column runs.dataset_name is 'Name of the dataset when the run was planned.';
comment on column runs.dataset_fingerprint is 'The dataset, by its content.';
comment on column runs.model_name is 'Language model; null: the recommender uses none.';
comment on column runs.model_digest is 'Digest of its weights, or the server''s own; null: not known or none.';
comment on column runs.model_json is 'Quantisation, parameters, context length and what else changes its numbers, as JSON; null: no model.';
comment on column runs.device is 'Where it ran: cuda, mps or cpu.';
comment on column runs.k is 'Recommendations asked for in each request.';
comment on column runs.seed is 'Seed of the run.';
comment on column runs.split_kind is 'leave-last-out or cutoff-time.';
comment on column runs.split_n is 'How many last interactions of each user are held out; null for a cutoff-time split.';
comment on column runs.split_cutoff_at is 'Everything from this moment on is held out, UTC; null for leave-last-out.';
comment on column runs.candidate_protocol is 'full (the whole catalogue) or sampled:<n>.';
comment on column runs.n_repeats is 'How often each request is asked.';
comment on column runs.n_variants is 'Number of variants, the neutral one counted.';
comment on column runs.n_planned is 'Number of requests planned.';
comment on column runs.allows_repeat_consumption is 'Whether an item that the user has had may be recommended and counts as a target.';
comment on column runs.prompt_hashes_json is 'Prompt template -> SHA-256, as JSON.';
comment on column runs.package_versions_json is 'Package -> version, as JSON.';
comment on column runs.semconv_version is 'Version of the OpenTelemetry semantic conventions that the gen_ai columns follow.';
comment on column runs.planned_at is 'When the run was planned, UTC.';
comment on column runs.finished_at is 'When it ended, UTC; null: it has not.';
comment on column runs.run_status is 'finished, failed, cancelled or unfinished; whether an unfinished run is running is said by `recaudit runs`.';
comment on column runs.fit_seconds is 'Seconds that fitting took the last time it was done; null: not fitted yet.';
comment on column runs.score_kind is 'What slots.score is, where the configuration says so in score_kind: rating (on the scale of interactions.rating), log_odds or probability (that the user will take the item); null: a number whose order alone counts.';

comment on view journals is 'One row a run''s journal: how far it was read, and what to compare a report with.';
comment on column journals.run_id is 'The run.';
comment on column journals.n_records is 'Records that were read.';
comment on column journals.head_hash is 'Hash of the last one: the head of the chain.';
comment on column journals.problem is 'Why reading stopped before the end; null: it did not. The run''s rows are then incomplete.';

comment on view requests is 'One row a request that was answered or failed.';
comment on column requests.run_id is 'The run.';
comment on column requests.request_id is 'The request, unique in the run.';
comment on column requests.request_index is 'Its place in the plan, from 0.';
comment on column requests.user_id is 'The user asked for.';
comment on column requests.variant is 'Counterfactual form; "neutral" states nothing about the user.';
comment on column requests.variant_statement is 'What the variant puts before the request; empty for the neutral one.';
comment on column requests.repeat_index is 'Which repetition of the same request, from 0.';
comment on column requests.k is 'Recommendations asked for.';
comment on column requests.n_history is 'Interactions of the user before the cutoff; positions below it are the history.';
comment on column requests.n_holdout is 'Interactions held out: the n_holdout positions from n_history on.';
comment on column requests.cutoff_at is 'Nothing that happened from here on was known, UTC.';
comment on column requests.candidates_json is 'Item ids to rank, as a JSON list; null: the whole catalogue.';
comment on column requests.constraints_json is 'What an item had to satisfy to be eligible, as JSON.';
comment on column requests.prompt is 'The exact messages of the first call made to recommend (else of the first call), each under [role]; null: no call.';
comment on column requests.latency_ms is 'Milliseconds that the runner measured for the request.';
comment on column requests.request_status is 'answered or error.';
comment on column requests.error is 'Why it failed; null: it did not.';
comment on column requests.seed is 'Seed of the request.';
comment on column requests.recorded_at is 'When it was recorded, UTC.';

comment on view generations is 'One row a model call, as it was made and as it came back. gen_ai names follow OpenTelemetry.';
comment on column generations.run_id is 'The run.';
comment on column generations.request_id is 'The request.';
comment on column generations.generation_index is 'Order of the calls of a request, from 0.';
comment on column generations.purpose is 'What the call was for: recommend, preferences, judge, rationale, ...';
comment on column generations.gen_ai_request_model is 'The model.';
comment on column generations.gen_ai_request_temperature is 'Sampling temperature; 0 is greedy.';
comment on column generations.gen_ai_request_seed is 'Seed given to the model; null: none.';
comment on column generations.gen_ai_input_messages is 'The messages, a JSON list of role and content.';
comment on column generations.gen_ai_output_text is 'Raw text as the model gave it; NUL, lone surrogates and the character ␚ are written as ␚ and four hex digits.';
comment on column generations.gen_ai_usage_input_tokens is 'Tokens read; null: the backend does not say.';
comment on column generations.gen_ai_usage_output_tokens is 'Tokens written; null: the backend does not say.';
comment on column generations.gen_ai_response_finish_reason is 'stop, length or error.';
comment on column generations.decoding is 'What the model was free to say: free, json_schema, choices or ranked_choices.';
comment on column generations.latency_ms is 'Milliseconds of the batch that carried the call; null: not measured.';
comment on column generations.batch_size is 'Calls in that batch.';
comment on column generations.error is 'Why the call failed; null: it did not.';

comment on view steps is 'One row a step of reasoning or an agent''s action, in order.';
comment on column steps.run_id is 'The run.';
comment on column steps.request_id is 'The request.';
comment on column steps.step_index is 'Order in the request, from 0.';
comment on column steps.kind is 'retrieve, preferences, judge, think, tool_call, fold, ...';
comment on column steps.step_text is 'What was thought or said; empty: nothing.';
comment on column steps.tool is 'Tool that was called; empty: none.';
comment on column steps.arguments is 'Its arguments, as JSON; empty: none.';
comment on column steps.observation is 'What came back; empty: nothing.';
comment on column steps.item_id is 'The item that the step is about; null: none in particular.';

comment on view slots is 'One row a rank that was asked for, lost ones too: exactly k for each request.';
comment on column slots.run_id is 'The run.';
comment on column slots.request_id is 'The request.';
comment on column slots.user_id is 'The user.';
comment on column slots.variant is 'The request''s variant.';
comment on column slots.repeat_index is 'The request''s repetition, from 0.';
comment on column slots.slot_rank is 'Rank, from 1.';
comment on column slots.outcome is 'delivered, out_of_catalogue, duplicate, already_consumed, unparseable, ineligible or missing.';
comment on column slots.outcome_detail is 'More about the outcome; empty: nothing to add.';
comment on column slots.raw_text is 'What the recommender wrote at this rank; null where the slot is missing.';
comment on column slots.item_id is 'The catalogue item that it was resolved to, delivered or not; null: none.';
comment on column slots.match_kind is 'identifier, exact, normalised, alias or fuzzy; null: not resolved.';
comment on column slots.match_score is 'How well it matched, 0 to 1; null: not resolved.';
comment on column slots.score is 'The recommender''s own score; null: it gave none.';

comment on view rationales is 'One row a reason that was given for a recommendation.';
comment on column rationales.run_id is 'The run.';
comment on column rationales.request_id is 'The request.';
comment on column rationales.slot_rank is 'Rank of the recommendation.';
comment on column rationales.item_id is 'The item; null: it was not resolved.';
comment on column rationales.rationale is 'The reason in the recommender''s words.';

comment on view claims is 'One row a checkable statement in a rationale.';
comment on column claims.run_id is 'The run.';
comment on column claims.request_id is 'The request.';
comment on column claims.slot_rank is 'Rank of the recommendation.';
comment on column claims.claim_index is 'Order in the rationale, from 0.';
comment on column claims.sentence is 'The sentence that makes it.';
comment on column claims.subject is 'What it is about; null: not found out.';
comment on column claims.relation is 'The relation that it states; null: not found out.';
comment on column claims.claimed_value is 'The value that it states; null: not found out.';
comment on column claims.verdict is 'What the check found.';
comment on column claims.evidence is 'The row that supports or contradicts it; null: there is none.';

comment on view paths is 'One row a hop of a knowledge-graph path that was given as a reason.';
comment on column paths.run_id is 'The run.';
comment on column paths.request_id is 'The request.';
comment on column paths.slot_rank is 'Rank of the recommendation.';
comment on column paths.path_index is 'Which path of the recommendation, from 0.';
comment on column paths.hop_index is 'Order in the path, from 0.';
comment on column paths.head is 'Entity id that the hop starts at.';
comment on column paths.relation is 'Relation that it follows.';
comment on column paths.tail is 'Entity id that it leads to.';

comment on view attributions is 'One row a part of the input and how much it contributed to a recommendation.';
comment on column attributions.run_id is 'The run.';
comment on column attributions.request_id is 'The request.';
comment on column attributions.slot_rank is 'Rank of the recommendation.';
comment on column attributions.feature_kind is 'What kind of part: history item, prompt segment, ...';
comment on column attributions.feature is 'Which part.';
comment on column attributions.contribution is 'Its contribution, in the unit of the method.';
comment on column attributions.method is 'How it was found.';

comment on view histories is 'One row an interaction that a request''s user had before the cutoff.';
comment on column histories.run_id is 'The run.';
comment on column histories.request_id is 'The request.';
comment on column histories.user_id is 'The user.';
comment on column histories.item_id is 'The item.';
comment on column histories.interacted_at is 'When, UTC.';
comment on column histories.rating is 'Rating; null where behaviour is implicit.';
comment on column histories.position is 'Count of the user''s interactions from 0, oldest first.';

comment on view targets is 'What a request''s user really did next: each held-out item once, without what the history holds unless repeat consumption is allowed.';
comment on column targets.run_id is 'The run.';
comment on column targets.request_id is 'The request.';
comment on column targets.user_id is 'The user.';
comment on column targets.item_id is 'The item.';
comment on column targets.interacted_at is 'When the user first met it in the held-out part, UTC.';
comment on column targets.rating is 'Highest rating given in the held-out part; null where behaviour is implicit.';

comment on view training_interactions is 'One row an interaction that the recommender of a run was allowed to learn from.';
comment on column training_interactions.run_id is 'The run.';
comment on column training_interactions.user_id is 'The user.';
comment on column training_interactions.item_id is 'The item.';
comment on column training_interactions.interacted_at is 'When, UTC.';
comment on column training_interactions.rating is 'Rating; null where behaviour is implicit.';
comment on column training_interactions.position is 'Count of the user''s interactions from 0, oldest first.';
