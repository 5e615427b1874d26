"""The log that `spark.py` asks two engines about: small, made up, and with rows for nearly every named query."""

from __future__ import annotations

import random
from dataclasses import dataclass

import duckdb

from audits.evidence import Evidence
from audits.queries import Parameter
from audits.scope import CohortFilter
from tests.audits.log_builder import LogBuilder, empty_log, insert
from tests.audits.test_queries import PARAMETERS

RUNS = ("most-popular", "gr", "rates", "chances")
USERS = [f"u{place:03d}" for place in range(90)]
ITEMS = [f"i{place:02d}" for place in range(40)]
LABELS = ("comedy", "drama", "Été", "rock 'n' roll")
K = 5


@dataclass(frozen=True, kw_only=True)
class Asking:
    """The parameters and the parts that every query is asked with; some queries are asked otherwise (`of_query`)."""

    name: str
    parameters: dict[str, Parameter]
    using: dict[str, str]
    of_query: dict[str, dict[str, Parameter]]
    cohort: tuple[CohortFilter, ...] = ()

    def sql(self, connection: duckdb.DuckDBPyConnection, query: str) -> str:
        """Return the runnable text of a named query, as `--show-sql` prints it."""
        evidence = Evidence(connection=connection, run_ids=RUNS, reference_run_id="most-popular", cohort=self.cohort)
        return evidence.runnable_sql(query, using=self.using, **{**self.parameters, **self.of_query.get(query, {})})


_FIRST: dict[str, Parameter] = {
    **PARAMETERS, "run_id": "gr", "reference_run_id": "most-popular", "last": 40, "k": K, "item_group": "provider 1",
    "min_people": 5, "min_sufficient": 15, "wanted": "u003", "request_id": "u003:0", "min_repeats": 2,
    "first_moment": "2020-01-02", "last_start": "2020-01-16", "n_windows": 3, "window_end_1": "2020-01-09",
    "window_end_2": "2020-01-16", "window_end_3": "2020-01-29", "model_1": "embedded", "attribute_2": "age",
    "label_2": "30+", **{f"attribute_{place}": "" for place in range(3, 7)},
    **{f"place_{place}": 0 for place in range(3, 7)}, **{f"label_{place}": "unknown" for place in range(3, 7)},
}  # fmt: skip
_OTHER: dict[str, Parameter] = {
    **_FIRST, "run_id": "chances", "k": None, "group_kind": "category", "item_group": "Été", "similarity": "prag",
    "agreement": "jaccard", "component": "between", "of_top": False, "is_net": False, "higher_is_better": False,
    "min_sufficient": 5, "rbo_p": 0.5, "head_share": 0.5, "n_recent": 2, "worst_off": 0.5, "sample_users": 30,
    "place_1": 2, "place_2": 0, "label_1": "30+", "label_2": "unknown", "wanted": "u007:0", "request_id": "u007:0",
    "lab_test": "mistakes", "lab_levels": ["all"], "n_levels": 1, "about": "shift", "attribute": "gender",
}  # fmt: skip
_REMOVED: dict[str, Parameter] = {"lab_test": "remove"}
_OF_QUERY = {"lab_contrast": _REMOVED, "lab_contrast_mean": _REMOVED}
ASKINGS = (
    Asking(
        name="first", parameters=_FIRST, of_query={**_OF_QUERY, "lab_changed": {"lab_test": "mistakes"}},
        using={"metric_rows": "ndcg", "ratio_rows": "delivered_share"},
    ),
    Asking(
        name="other choices", parameters=_OTHER, of_query=_OF_QUERY,
        using={"metric_rows": "recall", "ratio_rows": "out_of_catalogue_share", "placed": "placed_compacted",
               "ranked": "ranked_compacted"},
        cohort=(CohortFilter(attribute="gender", values=("f", "unknown")),),
    ),
)  # fmt: skip


def spark_log() -> duckdb.DuckDBPyConnection:
    """Return an index with four audited runs (lists, repeats, stated attributes, ratings, chances) and a lab run."""
    draw = random.Random(7)
    log = LogBuilder(connection=empty_log())
    _world(log, draw)
    lists = {user: [_list(draw) for _ in range(3)] for user in USERS}
    lists[USERS[5]] = None
    log.run("most-popular", {user: [*ITEMS[: K - 1], "?"] for user in USERS}, K)
    log.run("gr", lists, K, n_repeats=3)
    for value in ("gender=f", "gender=m"):
        log.stated("gr", value, {user: _list(draw) for user in USERS}, K)
    log.run("rates", {user: _list(draw) for user in USERS}, K, config_json='{"score_kind": "rating"}')
    log.run("chances", {user: _list(draw) for user in USERS}, K, config_json='{"score_kind": "probability"}')
    _lab(log, draw)
    _said(log, draw)
    _used(log)
    log.connection.execute("update store.slots set score = (1 + slot_rank * 17 % 13) / 14.0 where item_id is not null")
    odd = ["  2. The\tTab ", "ÀÉ İstanbul", "back\\slash 'quoted'", "3) 100%_done", "日本 🎬\nline ΟΔΥΣΣΕΥΣ"]
    for place, text in enumerate(odd):
        where = f"outcome = 'out_of_catalogue' and length(request_id) * 7 % 5 + slot_rank % 5 = {place}"
        log.connection.execute(f"update store.slots set raw_text = ? where {where}", [text])
    log.connection.execute("update store.requests set prompt = concat('Dear ', user_id)")
    return log.connection


def _list(draw: random.Random) -> list[str]:
    """Return a list of which a few slots are lost in each way that there is."""
    items = draw.sample(ITEMS, K)
    marks = ("!", "!!", "=", "<", "#")
    texts = [f"{draw.choice(marks)}{item}" if draw.random() < 0.2 else item for item in items]
    return [draw.choice("?~") if draw.random() < 0.06 else text for text in texts]


def _world(log: LogBuilder, draw: random.Random) -> None:
    """Add items with labels and providers, users with a past of different lengths, and a graph."""
    log.items({item: draw.sample(LABELS, draw.randint(0, 3)) for item in ITEMS})
    log.providers({item: f"provider {place % 4}" for place, item in enumerate(ITEMS) if place % 7})
    past = {user: draw.sample(ITEMS, draw.randint(3, 9)) for user in USERS}
    genders = ("f", "m", " ", None)
    n_held_out = {user: place % 3 for place, user in enumerate(USERS)}
    log.users(
        {user: items[: len(items) - n_held_out[user]] for user, items in past.items()},
        {user: items[len(items) - n_held_out[user] :] for user, items in past.items()},
        {
            user: {"gender": genders[place % 4 if place % 5 else place % 2], "age": ("30+", "<30")[place % 2]}
            for place, user in enumerate(USERS)
        },
        {user: 1 + place % 28 for place, user in enumerate(USERS)},
    )  # fmt: skip
    names = [f"e{item}" for item in ITEMS]
    people = [f"p{place}" for place in range(6)]
    triples = [(name, "by", draw.choice(people)) for name in names] + [
        (name, "in", draw.choice("gh")) for name in names
    ]
    kinds = {**{one: (one.upper(), "person", None) for one in people}, "g": ("g", None, None), "h": ("h", None, None)}
    log.graph(triples, {**{f"e{item}": (f"Title {item}", None, item) for item in ITEMS}, **kinds})
    log.connection.execute("update store.datasets set disclosure = 'Made up.'")
    log.connection.execute("update store.interactions set rating = 1 + (position * 3 + length(user_id)) % 5")
    log.connection.execute(
        "update store.interactions set interacted_at = interacted_at + to_milliseconds(position * 230)"
    )
    log.connection.execute("update store.items set description = concat('About ', title), year = 1990, domain = 'film'")


def _lab(log: LogBuilder, draw: random.Random) -> None:
    tests = (
        ("floor", ""), ("floor", ""), ("early", "0"), ("early", "0.25"), ("mistakes", "all"), ("paraphrase", "rules"),
        ("hint", "plain"), ("remove", "named"), ("remove", "random"),
    )  # fmt: skip
    asked = [(user, test, level, _list(draw)) for user in USERS[:30] for test, level in tests]
    about = {(user, test): draw.choice(ITEMS) for user in USERS[:30] for test in ("hint", "remove")}
    said = {place: ("My friend likes it.", "It fits.")[place % 2] for place in range(0, len(asked), 3)}
    log.lab("lab", "gr", asked, about, said, K)


def _said(log: LogBuilder, draw: random.Random) -> None:
    """Add what models say, with what audits derived of it: claims, paths, personal data, attributions, steps."""
    verdicts = ("supported", "contradicted", "unverifiable", "unscored")
    log.claims(
        "gr",
        [
            {
                "request_id": f"{user}:0", "slot_rank": 1 + place % K, "verdict": draw.choice(verdicts),
                "claim_kind": draw.choice(("fact", "history")), "origin": "step" if place % 3 == 2 else "rationale",
                "step_index": 0 if place % 3 == 2 else None, "relation": draw.choice(("has_genre", "in_history")),
                "sentence": draw.choice(("It is by a woman.", "You liked it.")),
            }
            for user in USERS[:40]
            for place in range(4)
        ],
    )  # fmt: skip
    walks = {
        (f"{user}:0", 1 + place % K): [f"e{ITEMS[place % 40]} by p1 by e{ITEMS[3]}"] for place, user in enumerate(USERS)
    }
    log.paths("gr", walks, given=True).paths("most-popular", walks)
    finds = [
        {"request_id": f"{user}:0", "field": ("prompt", "raw_text")[place % 2], "in_prompt": place % 2 == 0,
         "kind": ("email", "user_id")[place % 3 // 2]}
        for place, user in enumerate(USERS[:30])
    ]  # fmt: skip
    log.personal_data("gr", *finds)
    log.attributions(
        "gr",
        [
            {"request_id": f"{user}:0", "feature": item, "contribution": draw.uniform(-1, 1),
             "is_named": draw.random() < 0.5}
            for user in USERS[:20]
            for item in ITEMS[:3]
        ],
    )  # fmt: skip
    log.connection.execute("update store.derived_files set problem = 'Too few.' where table_name = 'attributions'")
    texts = [
        *((f"{user}:gender={value}", "think", "As a woman you may like it.") for user in USERS[::2] for value in "fm"),
        *((f"{user}:gender={value}", "think", "Short and good.") for user in USERS[1::2] for value in "fm"),
        *((f"{user}:0", "judge", "Does it fit?") for user in USERS),
    ]
    insert(
        log.connection, "steps",
        [
            {"run_id": run_id, "request_id": request, "step_index": index, "kind": kind, "step_text": text, "tool": "",
             "arguments": "", "observation": f"log p(yes) - log p(no) = {draw.uniform(-3, 3):.3f}", "item_id": item}
            for run_id in ("gr", "chances")
            for request, kind, text in texts if run_id == "gr" or kind == "judge"
            for index, item in enumerate(draw.sample(ITEMS, 6) if kind == "judge" else [None])
        ],
    )  # fmt: skip


def _used(log: LogBuilder) -> None:
    """Add model calls and resources, and the heads of journals."""
    for run_id in ("gr", "chances"):
        calls = [
            {"request_id": f"{user}:0", "gen_ai_input_messages": '[{"content": "Hi"}]',
             "first_token_ms": 5.0 + place % 9, "latency_ms": 90.0 + place % 11,
             "purpose": ("judge", "recommend")[place % 2],
             "decoding": ("scored", "free")[place % 2], "error": "slow" if place % 17 == 0 else None}
            for place, user in enumerate(USERS)
        ]  # fmt: skip
        log.calls(run_id, calls)
        log.resources(
            run_id, {"phase": "fit"},
            {"n_requests": 60, "energy_joules": 7.5, "energy_source": "rapl", "peak_gpu_memory_bytes": 2_000_000},
        )  # fmt: skip
    heads = [
        {"run_id": run_id, "offset_bytes": 1, "records": 1, "head_hash": f"head of {run_id}", "problem": None}
        for run_id in RUNS
    ]
    insert(log.connection, "journals", heads)
