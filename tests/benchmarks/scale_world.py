"""A made-up run of any size in an index of the real schema: the log that `scale.py` audits. Made in SQL, by hashes.

Users have five past interactions and one held-out, rated item; items are drawn with a long tail; a tenth of the lists
hold the held-out item. Every fact that sections A to D read is there: labels, providers, ratings, scores, attributes.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import duckdb

from engine.runlog.numbers import insert_rows, number_dataset

N_ITEMS, N_HISTORY = 50_000, 5
_DRAWN = "cast(floor({n} * power((hash({key}) % 1000003) / 1000003.0, 3.0)) as bigint)"  # most for small numbers


def make_world(path: Path, n_users: int, k: int) -> None:
    """Write the index of one run of `n_users` lists of `k` items to `path`."""
    connection = duckdb.connect(str(path))
    runlog = files("engine.runlog")
    for migration in sorted(runlog.joinpath("migrations").iterdir(), key=lambda entry: entry.name):
        connection.execute(migration.read_text(encoding="utf-8"))
    connection.execute(runlog.joinpath("views.sql").read_text(encoding="utf-8"))
    connection.execute("set preserve_insertion_order = true")
    _catalogue(connection)
    _users(connection, n_users)
    number_dataset(connection, "d")
    _run(connection, n_users, k)
    connection.execute("checkpoint")
    connection.close()


def _drawn(key: str) -> str:
    return _DRAWN.format(n=N_ITEMS, key=key)


def _catalogue(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """
        insert into store.items (dataset_fingerprint, item_id, title, domain, provider)
        select 'd', concat('i', i), concat('Title ', i), 'film', concat('provider ', hash(i) % 200) from range(?) t(i)
        """,
        [N_ITEMS],
    )
    connection.execute(
        """
        insert into store.item_labels
        select 'd', concat('i', i), 'category', concat('category ', (hash(i) + 7 * place) % 20), place
        from range(?) t(i) cross join range(2) p(place)
        """,
        [N_ITEMS],
    )


def _users(connection: duckdb.DuckDBPyConnection, n_users: int) -> None:
    connection.execute(
        "insert into store.users (dataset_fingerprint, user_id) select 'd', concat('u', u) from range(?) t(u)",
        [n_users],
    )
    connection.execute(
        """
        insert into store.user_attributes (dataset_fingerprint, user_id, attribute, attribute_value)
        select 'd', concat('u', u), 'gender', ['f', 'm', 'f', 'm', 'x', null][cast(1 + hash(u) % 6 as integer)]
        from range($n) t(u)
        union all
        select 'd', concat('u', u), 'age', ['18-24', '25-34', '35-54', '55+'][cast(1 + hash(u + 1) % 4 as integer)]
        from range($n) t(u)
        """,
        {"n": n_users},
    )
    connection.execute(
        f"""
        insert into store.interactions
            (dataset_fingerprint, user_id, item_id, interacted_at, rating, position, n_user_interactions, held_out)
        select 'd', concat('u', u), concat('i', ({_drawn("7 * u")} + 7 * p) % {N_ITEMS}),
            timestamp '2024-01-01' + to_seconds(p * 86400 + u % 86400), 1 + hash(u * 11 + p) % 5, p, {N_HISTORY + 1},
            p = {N_HISTORY}
        from range(?) t(u) cross join range({N_HISTORY + 1}) q(p)
        """,
        [n_users],
    )


def _run(connection: duckdb.DuckDBPyConnection, n_users: int, k: int) -> None:
    connection.execute(
        """
        insert into store.runs by name
        select 'run' as run_id, 'p' as plan_digest, 'live' as label, 'outside' as recommender, 'outside' as paradigm,
            '{"score_kind": "rating"}' as config_json, 'world' as dataset_name, 'd' as dataset_fingerprint, $k as k,
            0 as seed, 'leave-last-out' as split_kind, 1 as split_n, 'full' as candidate_protocol, 1 as n_repeats,
            1 as n_variants, $n as n_planned, false as allows_repeat_consumption, '{}' as prompt_hashes_json,
            '{}' as package_versions_json, '1' as semconv_version, timestamp '2024-02-01' as planned_at,
            'finished' as run_status
        """,
        {"k": k, "n": n_users},
    )
    insert_rows(
        connection,
        "requests",
        f"""
        select $run_id as run_id, concat('r', u) as request_id, u as request_index, concat('u', u) as user_id,
            'neutral' as variant, '' as variant_statement, 0 as repeat_index, $k as k, {N_HISTORY} as n_history,
            1 as n_holdout, timestamp '2024-01-06' as cutoff_at, '{{}}' as constraints_json, 10.0 as latency_ms,
            'answered' as request_status, 0 as seed, timestamp '2024-02-01' as recorded_at
        from range($n) t(u)
        """,
        {"run_id": "run", "k": k, "n": n_users},
    )
    # the list of u is a run of items from a drawn place on, so that none comes twice; a tenth holds the held-out item
    insert_rows(
        connection,
        "slots",
        f"""
        select $run_id as run_id, concat('r', u) as request_id, u as request_index, place as slot_rank,
            case when lost then 'out_of_catalogue' else 'delivered' end as outcome, '' as outcome_detail,
            case when lost then 'Title' else concat('Title ', i) end as raw_text,
            case when lost then null else concat('i', i) end as item_id,
            case when lost then null else 'exact' end as match_kind,
            case when lost then null else 1.0 end as match_score, 1 + (hash(u * 17 + place) % 400) / 100.0 as score
        from (
            select u, place, hash(u * 13 + place) % 50 = 0 and not found as lost,
                case when found then target else (target + 1 + drawn + place * 3) % {N_ITEMS} end as i
            from (
                select u, place, hash(u) % 10 = 0 and place = 1 + hash(u * 5) % $k as found,
                    ({_drawn("7 * u")} + 7 * {N_HISTORY}) % {N_ITEMS} as target, {_drawn("3 * u")} % 40000 as drawn
                from range($n) t(u) cross join range(1, $k + 1) p(place)
            )
        )
        """,
        {"run_id": "run", "k": k, "n": n_users},
    )
