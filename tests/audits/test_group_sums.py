"""Groups whose sums are taken by request number have the sums that are taken by the names of users."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest

from audits.evidence import Evidence
from audits.group_cells import attribute_parameters
from audits.keeping import KeptParts
from audits.measuring import Lists, Reading
from audits.metrics.catalogue import find_metrics
from audits.metrics.metric import ListMetric, Metric, RatioMetric
from audits.queries import named_queries
from audits.scope import CohortFilter
from tests.audits.log_builder import LogBuilder

BY_USER = {
    name: metric
    for name, metric in sorted(find_metrics().items())
    if isinstance(metric, RatioMetric) or (isinstance(metric, ListMetric) and not metric.reads)
}
NUMBERED = [
    name
    for name, metric in BY_USER.items()
    if named_queries()[name].is_numbered or (isinstance(metric, ListMetric) and metric.kernel)
]
STRICT, SHORT = Lists(), Lists(k=2, ranks="compacted")
ASKED = attribute_parameters(("gender", "age"))


def log_of(*runs: dict) -> LogBuilder:
    """Ten users of two attributes; a run for each of the lists given."""
    log = with_users(LogBuilder(), {f"u{n}": attributes(n) for n in range(10)})
    for place, lists in enumerate(runs):
        log.run(f"run {place}", lists)
    return log


def attributes(n: int) -> dict[str, str | None]:
    return {"gender": "fm"[n % 2], "age": ["old", None, "young"][n % 3]}


def with_users(log: LogBuilder, users: dict[str, dict[str, str | None]]) -> LogBuilder:
    return log.items({"a": ["x"], "b": ["x", "y"], "c": ["y"], "d": ["z"], "e": [], "f": ["x"]}).users(
        {u: [*"abc", *"bcd"][n % 4 : n % 4 + 2] for n, u in enumerate(users)},
        {u: ["d"] if n % 3 else [] for n, u in enumerate(users)},
        users,
    )


ANSWERS = (["d", "a", "f"], ["a", "!x", "d"], None, ["c", "=c", "<b"], ["e", "d", "?"], ["?", "~", "!!Titel a"])
FIRST = {f"u{n}": ANSWERS[n % 6] for n in range(10)}
SECOND = {f"u{n}": ANSWERS[(n + 2) % 6] for n in range(9, 0, -1)}
REPEATED = {**SECOND, "u4": [["a", "b", "d"], ["f", "?", "?"]]}


@pytest.fixture(scope="module")
def once() -> LogBuilder:
    return log_of(FIRST, SECOND)


@pytest.fixture(scope="module")
def repeated() -> LogBuilder:
    return log_of(FIRST, REPEATED)


@pytest.fixture(scope="module")
def mixed() -> LogBuilder:
    """Two runs of a dataset and one of another, whose users of the same names differ; some users have no attributes.

    Each run asks for a user whom no dataset has. The first does not ask for all users of the second, nor the reverse.
    """
    ghost = {"ghost": ["d", "a", "b"]}
    log = log_of({**FIRST, **ghost}).set_apart("another")
    log.connection.execute("delete from store.user_attributes where user_id in ('u2', 'u3', 'u7')")
    users = {f"u{n}": attributes(n + 1) if n % 4 else {} for n in range(2, 13)}
    second = {user: ANSWERS[n % 5] for n, user in enumerate(users)}
    third = {user: ANSWERS[(3 * n + 1) % 6] for n, user in enumerate([*list(users)[4:], "u2"])}
    return with_users(log, users).run("run 1", {**ghost, **second}).run("run 2", {**third, **ghost})


@pytest.fixture
def played(monkeypatch) -> list[str]:
    """The text of each query whose rows are kept."""
    texts: list[str] = []
    of_query = KeptParts.of_query

    def noted(self, key, make):
        texts.append(key)
        return of_query(self, key, make)

    monkeypatch.setattr(KeptParts, "of_query", noted)
    return texts


def cells_and_by_hand(evidence: Evidence, metric: Metric, lists: Lists) -> tuple[pd.DataFrame, pd.DataFrame]:
    reading = Reading(evidence=evidence, metric=metric, lists=lists)
    own = reading.frame("group_cells", **ASKED)
    shown = evidence.runnable_sql("group_cells", using=reading.using, **{**reading.parameters, **ASKED})
    assert "request_values as (" not in shown, "what is shown goes by names"
    return own, evidence.connection.execute(shown).df()


def check(evidence: Evidence, metric: Metric, lists: Lists = STRICT) -> pd.DataFrame:
    """Hold the sums of groups to those of the query by names, and return them."""
    own, by_hand = cells_and_by_hand(evidence, metric, lists)
    pd.testing.assert_frame_equal(own, by_hand, check_dtype=False, rtol=1e-12, atol=1e-12)
    return own


def is_by_number(texts: list[str]) -> bool:
    by_number, by_name = (any(f"{part} as (" in text for text in texts) for part in ("request_values", "user_parts"))
    assert by_number != by_name
    return by_number


@pytest.mark.parametrize("name", NUMBERED)
def test_where_users_have_one_request_groups_are_summed_by_number(once, played, name):
    check(once.evidence("run 0", "run 1"), BY_USER[name])
    assert is_by_number(played)


@pytest.mark.parametrize("name", NUMBERED)
def test_where_a_user_has_two_requests_groups_are_summed_by_name(repeated, played, name):
    check(repeated.evidence("run 0", "run 1"), BY_USER[name])
    assert not is_by_number(played)


@pytest.mark.parametrize("name", sorted(set(BY_USER) - set(NUMBERED)))
def test_rows_without_a_number_are_summed_by_name(once, played, name):
    check(once.evidence("run 0", "run 1"), BY_USER[name])
    assert not is_by_number(played)


@pytest.mark.parametrize("name", ["ndcg", "calibration", "delivered_share"])
def test_one_of_several_runs_and_a_cohort_have_their_own_sums(once, played, name):
    whole = once.evidence("run 0", "run 1")
    for run_id in ("run 1", "run 0"):
        check(whole.of(run_id), BY_USER[name])
    check(once.evidence("run 0", "run 1", cohort=(CohortFilter(attribute="gender", values=("f",)),)), BY_USER[name])
    assert is_by_number(played)


def users_of(cells: pd.DataFrame) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for row in cells.to_dict("records"):
        counts[row["run_id"]] += row["n_users"] + row["n_unscored"]
    return dict(counts)


@pytest.mark.parametrize("lists", [STRICT, SHORT], ids=["strict", "compacted"])
@pytest.mark.parametrize("name", NUMBERED)
def test_two_datasets_and_users_of_whom_nothing_is_known(mixed, played, name, lists):
    cells = check(mixed.evidence("run 0", "run 1", "run 2"), BY_USER[name], lists)
    assert is_by_number(played)
    asked = "select run_id, count(*) as n from requests group by run_id"
    assert users_of(cells) == dict(mixed.connection.execute(asked).fetchall())
    unknown = cells.query("group_1 == 'unknown' and group_2 == 'unknown'")
    assert users_of(unknown) == {"run 0": 4, "run 1": 4, "run 2": 3}


@pytest.mark.parametrize("lists", [STRICT, SHORT], ids=["strict", "compacted"])
@pytest.mark.parametrize("name", NUMBERED)
def test_users_common_to_runs(mixed, played, name, lists):
    common = mixed.evidence("run 0", "run 1", "run 2").on_common_users("run 1", "run 2")
    cells = check(common, BY_USER[name], lists)
    check(common.of("run 2"), BY_USER[name], lists)
    assert is_by_number(played)
    assert users_of(cells) == {"run 1": 9, "run 2": 9}


def test_sums_of_different_metrics_are_told_apart(once):
    evidence = once.evidence("run 0", "run 1")
    names = ("ndcg", "recall", "calibration", "intra_list_diversity", "delivered_share", "duplicate_share", "mrr")
    for name in (*names, *names):
        check(evidence, BY_USER[name])


def test_most_metrics_carry_numbers():
    kinds = [type(BY_USER[name]) for name in NUMBERED]
    assert kinds.count(ListMetric) > 10
    assert kinds.count(RatioMetric) > 10
    assert {name for name in NUMBERED if isinstance(m := BY_USER[name], ListMetric) and m.kernel}
