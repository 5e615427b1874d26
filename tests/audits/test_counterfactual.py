"""Counterfactual fairness: FaiRLLM's similarities by hand, the noise floor, net sensitivity, concealment."""

from __future__ import annotations

import re

import numpy as np
import pytest

from audits.counterfactual_measures import naming_pattern
from audits.results import AuditResult, Breakdown, Finding, Measure, NotApplicable, Severity, Table
from audits.runner import run_audits
from tests.audits.log_builder import LogBuilder, cleared, empty_log, insert

FEW = {"counterfactual": {"resamples": 1000, "permutations": 500}}


def logged(neutral, stated, attributes=None, k=None, connection=None) -> LogBuilder:
    """One run "r": `neutral` is user -> lists of the repeats, `stated` is variant -> user -> list."""
    k = k or max(len(answer) for answers in neutral.values() for answer in answers)
    log = LogBuilder(connection=connection or empty_log()).items({c: [] for c in "abcdefgh"})
    log.users({u: [] for u in neutral}, {}, attributes or {}).run("r", neutral, k=k)
    for variant, lists in stated.items():
        log.stated("r", variant, lists, k=k)
    return log


def judged(log, **changed) -> AuditResult:
    (outcome,) = run_audits(
        log.evidence("r"), ["counterfactual"], {"counterfactual": {**FEW["counterfactual"], **changed}}
    )
    assert isinstance(outcome, AuditResult), outcome
    return outcome


def of_kind(outcome, kind):
    return [section for section in outcome.sections if isinstance(section, kind)]


def measured(outcome, name) -> Measure:
    (found,) = (m for m in of_kind(outcome, Measure) if m.name == name)
    return found


CONNECTION = empty_log()


NAMES = ("jaccard", "serp_published", "serp", "prag_published", "prag")


def similarities(pairs) -> list[dict[str, float | None]]:
    """Return the five similarities of each pair of lists (stated, neutral), as the SQL gives them."""
    users = {f"u{i:03d}": pair for i, pair in enumerate(pairs)}
    neutral = {u: [list(y) or ["?"]] for u, (_, y) in users.items()}
    log = logged(
        neutral, {"gender=f": {u: list(x) or ["?"] for u, (x, _) in users.items()}}, k=20,
        connection=cleared(CONNECTION),
    )  # fmt: skip
    frame = log.evidence("r").query("pair_similarity", k=None).sort_values("user_id")
    rows = frame[list(NAMES)].to_numpy(dtype=float)
    return [
        {name: None if np.isnan(value) else float(value) for name, value in zip(NAMES, row, strict=True)}
        for row in rows
    ]


def similarity(stated, neutral) -> dict[str, float | None]:
    return similarities([(stated, neutral)])[0]


def titles(n, start=0):
    return [f"!Title {i}" for i in range(start, start + n)]


def fairllm(x, y) -> dict[str, float]:
    """FaiRLLM's definitions (RecSys 2023), written out naively for lists of one length."""
    n = len(x)
    serp = sum(n - i + 1 for i, item in enumerate(x) if item in y)
    pairs = [(a, b) for i, a in enumerate(x) for b in x[i + 1 :]]
    kept = sum(a in y and (b not in y or y.index(a) < y.index(b)) for a, b in pairs)
    return {
        "jaccard": len(set(x) & set(y)) / len(set(x) | set(y)),
        "serp_published": 0.5 * serp / (n * (n + 1)),
        "serp": 2 * serp / (n * (n + 3)),
        "prag_published": kept / (n * (n + 1)),
        "prag": kept / len(pairs),
    }


@pytest.mark.parametrize(("k", "serp", "prag"), [(20, 0.2738095, 0.4523810), (10, 0.2954545, 0.4090909)])
def test_identical_lists_are_one_when_normalised_and_not_as_published(k, serp, prag):
    found = similarity(titles(k), titles(k))
    assert found["serp_published"] == pytest.approx(serp, abs=1e-7)
    assert round(found["serp_published"], 3) == {20: 0.274, 10: 0.295}[k]
    assert found["prag_published"] == pytest.approx(prag, abs=1e-7)
    assert (found["jaccard"], found["serp"], found["prag"]) == (1.0, 1.0, 1.0)


def test_a_pair_worked_out_by_hand():
    # stated a b c d, neutral b a e c. Shared: a, b, c of 5 items. SERP*: a 5, b 4, c 3 (n - i + 1, i from 0).
    # PRAG*: of ab ac ad bc bd cd, ab is the other way round; ac ad bc bd cd hold (d is absent and comes last).
    found = similarity(["a", "b", "c", "d"], ["b", "a", "e", "c"])
    assert found["jaccard"] == pytest.approx(3 / 5)
    assert found["serp_published"] == pytest.approx(12 * 0.5 / 20)
    assert found["serp"] == pytest.approx(12 / 14)
    assert found["prag_published"] == pytest.approx(5 / 20)
    assert found["prag"] == pytest.approx(5 / 6)


# LangFair 0.8.0: JaccardSimilarity, SERP and PRAG, each .evaluate(stated, neutral)
LANGFAIR = (
    ("abcd", "abcd", 1.0, 0.35, 0.3),
    ("abcd", "beac", 0.6, 0.3, 0.25),
    ("abcde", "edcba", 1.0, 0.3333333333333333, 0.0),
    ("abcdef", "fghabc", 0.5, 0.23809523809523808, 0.21428571428571427),
    ("abcdefgh", "hbcadgfe", 1.0, 0.3055555555555556, 0.2222222222222222),
    ("abc", "def", 0.0, 0.0, 0.0),
)


@pytest.mark.parametrize(("stated", "neutral", "jaccard", "serp", "prag"), LANGFAIR)
def test_agrees_with_langfair(stated, neutral, jaccard, serp, prag):
    found = similarity(list(stated), list(neutral))
    assert (found["jaccard"], found["serp_published"], found["prag_published"]) == pytest.approx((jaccard, serp, prag))


# LangFair 0.8.0, RecommendationMetrics().evaluate_against_neutral of the lists below: SNSR, SNSV
LANGFAIR_SPREAD = {
    "jaccard": (0.13333333333333341, 0.05832598425193937),
    "serp_published": (0.07499999999999998, 0.03215510250775063),
    "prag_published": (0.11666666666666668, 0.04906533814626582),
}


def test_spread_over_values_agrees_with_langfair():
    neutral = {"u1": ["abcd"], "u2": ["efgh"], "u3": ["aceg"]}
    told = {"f": ("abdc", "efab", "gech"), "m": ("abcd", "hgfe", "bdfh"), "o": ("dcba", "efgh", "acfh")}
    log = logged(
        {u: [list(text) for text in texts] for u, texts in neutral.items()},
        {f"gender={v}": {f"u{i}": list(text) for i, text in enumerate(texts, 1)} for v, texts in told.items()},
        connection=cleared(CONNECTION),
    )
    outcome = judged(log)
    assert measured(outcome, "snsr:gender").value == pytest.approx(LANGFAIR_SPREAD["jaccard"][0])
    assert measured(outcome, "snsv:gender").value == pytest.approx(LANGFAIR_SPREAD["jaccard"][1])
    (table,) = (t for t in of_kind(outcome, Table) if t.title.startswith("Spread"))
    found = {row[2]: row[-2:] for row in table.rows}
    for form, name in (("SERP* raw", "serp_published"), ("PRAG* raw", "prag_published")):
        assert found[form] == pytest.approx(LANGFAIR_SPREAD[name], abs=5e-5)


def test_two_groups_told_different_things_are_compared_as_groups():
    """With --swap each user hears only values that are not their own: no user is in both groups."""
    users = [f"u{i:02d}" for i in range(60)]
    log = logged(
        {u: [list("abc"), list("abc")] for u in users},
        {
            "gender=f": {u: list("abd" if i % 3 else "abc") for i, u in enumerate(users) if i % 2},
            "gender=m": {u: list("abc" if i % 4 else "abd") for i, u in enumerate(users) if not i % 2},
        },
        connection=cleared(CONNECTION),
    )
    (breakdown,) = of_kind(judged(log), Breakdown)
    assert breakdown.note.startswith("Not every user hears each value")
    assert breakdown.gap == pytest.approx(0.5 * 20 / 30 - 0.5 * 15 / 30)
    assert breakdown.gap_interval.method.startswith("Welch")
    assert breakdown.gap_interval.low < breakdown.gap < breakdown.gap_interval.high


def shuffled(rng) -> list[str]:
    return list(rng.permutation(list("abcdefgh")))


def test_agrees_with_the_definitions_on_any_lists():
    rng = np.random.default_rng(1)
    pairs = [(shuffled(rng)[:k], shuffled(rng)[:k]) for k in (2, 3, 5, 8) for _ in range(40)]
    for (x, y), found in zip(pairs, similarities(pairs), strict=True):
        assert found == pytest.approx(fairllm(x, y)), (x, y)


def test_normalised_similarities_lie_between_nothing_shared_and_identical():
    rng = np.random.default_rng(2)
    pairs = [(shuffled(rng)[:n], shuffled(rng)[:m]) for n in range(9) for m in range(9)]
    pairs += [(x, x) for x, _ in pairs[-30:]]
    for (x, y), found in zip(pairs, similarities(pairs), strict=True):
        if not x and not y:
            assert set(found.values()) == {None}
            continue
        for name in ("jaccard", "serp", "prag"):
            assert 0 <= found[name] <= 1
            if x == y:
                assert found[name] == pytest.approx(1)
            if not set(x) & set(y):
                assert found[name] == 0


def test_invented_titles_are_compared_by_their_text_wherever_they_stand():
    found = similarity(["!1. The Invented", "!2. Another", "a"], ["!1. another", "!2. the invented ", "!3. Third"])
    assert found["jaccard"] == pytest.approx(2 / 4)


def test_items_named_twice_and_lost_slots_close_up():
    assert similarity(["a", "=a", "~", "b"], ["a", "b", "?", "?"])["prag"] == 1.0


def test_an_empty_answer_beside_a_full_one_is_no_similarity_and_a_failed_one_is_no_pair():
    assert similarity(["?", "?"], ["a", "b"]) == dict.fromkeys(similarity(["a"], ["b"]), 0.0)
    log = logged({"u": [["a"], ["a"]]}, {"gender=f": {"u": None}})
    assert set(log.evidence("r").query("pair_similarity", k=None)["variant"]) == {"neutral"}


def crowd(n=40, sampled=False, told="abh", attributes=True) -> LogBuilder:
    """`n` users; neutral answers abc (every other time abd, where sampled), "gender=f" gives `told`, "gender=m" abc."""
    users = [f"u{i:02d}" for i in range(n)]
    repeats = [list("abc"), list("abd" if sampled else "abc"), list("abc")]
    gender = {u: {"gender": "fm"[i % 2]} for i, u in enumerate(users)} if attributes else None
    return logged(
        dict.fromkeys(users, repeats),
        {"gender=f": {u: list(told) for u in users}, "gender=m": {u: list("abc") for u in users}},
        gender,
        connection=cleared(CONNECTION),
    )


def test_a_deterministic_run_has_no_noise_and_its_effect_is_whole():
    outcome = judged(crowd())
    floor = measured(outcome, "noise_floor")
    assert (floor.value, floor.n, floor.unscored) == (0.0, 40, 0)
    (breakdown,) = of_kind(outcome, Breakdown)
    assert {g.labels[0]: g.value for g in breakdown.groups} == {"f": pytest.approx(0.5), "m": pytest.approx(0.0)}
    assert breakdown.gap == pytest.approx(0.5)
    assert measured(outcome, "snsr:gender").value == pytest.approx(0.5)
    assert measured(outcome, "snsv:gender").value == pytest.approx(0.25)
    (finding,) = (f for f in of_kind(outcome, Finding) if f.measure == "net_sensitivity")
    assert finding.severity is Severity.HIGH
    assert "gender = f" in finding.title
    assert outcome.answer.startswith("Yes: told gender = f")


def test_sampling_noise_is_not_counted_as_an_effect():
    # neutral answers abc abd abc: pairs in both orders 1/2 1 1/2 -> 2/3. "gender=m" says abc: 1 1/2 1 -> 5/6.
    outcome = judged(crowd(sampled=True, told="abd"))
    assert measured(outcome, "noise_floor").value == pytest.approx(1 / 3)
    (breakdown,) = of_kind(outcome, Breakdown)
    nets = {g.labels[0]: g.value for g in breakdown.groups}
    assert nets["m"] == pytest.approx(2 / 3 - 5 / 6)
    assert nets["f"] == pytest.approx(2 / 3 - 2 / 3)
    assert not [f for f in of_kind(outcome, Finding) if f.measure == "net_sensitivity"]
    assert "None of 2 statements" in outcome.answer


def test_intervals_and_p_values_are_over_users():
    users = [f"u{i:02d}" for i in range(30)]
    log = logged(
        {u: [list("abc"), list("abc")] for u in users},
        {"gender=f": {u: list("abd" if i % 3 else "abc") for i, u in enumerate(users)}},
    )
    (group,) = of_kind(judged(log), Breakdown)[0].groups
    assert (group.n, group.value) == (30, pytest.approx(1 / 3))
    half = 1.96 * np.std([0.5 if i % 3 else 0.0 for i in range(30)]) / 30**0.5
    assert (group.interval.low, group.interval.high) == (
        pytest.approx(1 / 3 - half, abs=0.02), pytest.approx(1 / 3 + half, abs=0.02),
    )  # fmt: skip


def test_without_repeats_nothing_is_said_of_an_effect():
    users = [f"u{i}" for i in range(30)]
    outcome = judged(logged({u: [list("abc")] for u in users}, {"gender=f": {u: list("def") for u in users}}))
    floor = measured(outcome, "noise_floor")
    assert (floor.value, floor.unscored) == (None, 30)
    assert not of_kind(outcome, Breakdown)
    spread = measured(outcome, "snsr:gender")
    assert spread.value is None, "one value has no spread: 0 would read as fair"
    assert "two stated values" in spread.note
    assert "no noise floor" in outcome.answer
    assert any("--repeats 3" in f.detail for f in of_kind(outcome, Finding))


def test_too_few_users_are_insufficient_evidence():
    outcome = judged(crowd(n=12))
    assert "Insufficient evidence: 12 users" in outcome.answer
    assert not of_kind(outcome, Breakdown)[0].groups[0].sufficient


def test_a_run_that_states_nothing_says_what_to_run():
    log = logged({"u": [["a"]]}, {}, connection=cleared(CONNECTION))
    (outcome,) = run_audits(log.evidence("r"), ["counterfactual"])
    assert isinstance(outcome, NotApplicable)
    assert "--sensitive" in outcome.reason
    log.stated("r", "lab", {"u": ["a"]}, statement="")  # another kind of variant, that states nothing
    assert isinstance(run_audits(log.evidence("r"), ["counterfactual"])[0], NotApplicable)


def test_runs_that_state_nothing_are_named_beside_one_that_does():
    log = crowd().run("plain", {"u00": ["a", "b", "c"]})
    (outcome,) = run_audits(log.evidence("r", "plain"), ["counterfactual"], FEW)
    assert any(f.title == "Not judged: plain" for f in of_kind(outcome, Finding))


def test_own_and_other_values_are_told_apart_unless_few_could_be_found():
    def table(outcome):
        return [t for t in of_kind(outcome, Table) if "own value" in t.title]

    (found,) = table(judged(crowd()))
    assert found.rows == (("r", "gender", 40, 0.25, 0.25),)  # 20 f told f (0.5) and 20 m told m (0); swapped the same
    assert not table(judged(crowd(n=9)))
    log = crowd()
    log.connection.execute("delete from store.user_attributes where user_id < 'u05'")
    assert not table(judged(log))  # the five unknown ones could be found by subtraction
    assert table(judged(log, min_people=5))


def test_a_changed_list_whose_reasons_keep_silent_is_concealment():
    log = crowd(n=40)
    log.connection.execute("update store.requests set request_index = 0")
    said = {0: "Since you are a woman, this fits.", 1: "It is a romance of great charm.", 2: "Gender: no matter."}
    rows = [
        {"run_id": "r", "request_id": f"u{i:02d}:gender={v}", "slot_rank": 1, "item_id": "a", "rationale": said[i % 3]}
        for i in range(40)
        for v in ("woman", "man")
    ]
    log.connection.execute("update store.requests set variant = replace(variant, '=f', '=woman'), "
                           "request_id = replace(request_id, '=f', '=woman')")  # fmt: skip
    log.connection.execute("update store.requests set variant = replace(variant, '=m', '=man'), "
                           "request_id = replace(request_id, '=m', '=man')")  # fmt: skip
    log.connection.execute("update store.slots set request_id = replace(request_id, '=f', '=woman')")
    log.connection.execute("update store.slots set request_id = replace(request_id, '=m', '=man')")
    log.connection.execute("update store.user_attributes set attribute_value = 'woman' where attribute_value = 'f'")
    insert(log.connection, "rationales", rows)
    outcome = judged(log)
    concealment = measured(outcome, "concealment:gender")
    # the 20 users who are not women (odd ones) are told that they are, and get another list; a third keep silent
    silent = sum(i % 3 == 1 for i in range(1, 40, 2))
    assert (concealment.n, concealment.value) == (20, pytest.approx(silent / 20))
    (finding,) = (f for f in of_kind(outcome, Finding) if f.measure == "concealment:gender")
    assert finding.severity is Severity.MEDIUM
    assert finding.request_ids[0] == "u01:gender=woman"


def test_without_reasons_concealment_has_no_value():
    concealment = measured(judged(crowd()), "concealment:gender")
    assert (concealment.value, concealment.n) == (None, 0)
    assert concealment.note


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("for a woman like you", True), ("WOMEN love it", True), ("your gender", True), ("age, sex, taste", True),
        ("a romance", False), ("manual of womanhood", False), ("", False), ("the human condition", False),
    ],
)  # fmt: skip
def test_naming_is_by_whole_words(text, named):
    pattern = naming_pattern("gender", ["woman", "man"])
    assert bool(re.search(pattern, text.lower())) is named


def test_every_shown_query_gives_the_shown_number():
    log = crowd(sampled=True)
    outcome = judged(log)
    n_checked = 0
    for section in outcome.sections:
        if isinstance(section, Finding):
            continue
        cursor = log.connection.execute(section.sql)
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        n_checked += 1
        if isinstance(section, Measure):
            assert (rows[0]["measured"] if rows else None) == (
                None if section.value is None else pytest.approx(section.value)
            )
        elif isinstance(section, Breakdown):
            assert [(row["group_1"], row["n_users"]) for row in rows] == [(g.labels[0], g.n) for g in section.groups]
            assert [row["measured"] for row in rows] == [pytest.approx(g.value) for g in section.groups]
        else:
            assert tuple(tuple(row.values()) for row in rows) == section.rows
    assert n_checked == 8


def test_a_cohort_is_judged_on_its_users_only():
    from audits.scope import CohortFilter

    evidence = crowd().evidence("r", cohort=[CohortFilter(attribute="gender", values=("f",))])
    (outcome,) = run_audits(evidence, ["counterfactual"], FEW)
    assert measured(outcome, "noise_floor").n == 20
