"""Fairness to users: any metric by groups by hand, impact ratios and legal lines, exposure, bias disparity."""

from __future__ import annotations

import math

import numpy as np
import pytest
from fairlearn.metrics import MetricFrame, selection_rate

from audits.errors import AuditError
from audits.fairness_sections import judged_groups
from audits.group_cells import attribute_parameters
from audits.legal import load_profile, shipped_profiles
from audits.results import AuditResult, Breakdown, Finding, Measure, NotApplicable, Severity, Table
from audits.runner import run_audits
from audits.statistics.group_bootstrap import gap_test, group_draws, percentile_interval
from audits.statistics.resampling import Resampling
from engine.item_vectors import ItemVectors
from engine.records import Item
from tests.audits.log_builder import Encoder, LogBuilder

HOW = Resampling(resamples=1000)
LL144 = "us-employment-nyc-ll144"


def judged(log: LogBuilder, *runs: str, **settings) -> AuditResult:
    given = {"resamples": 1000, "min_sufficient": 20, **settings}
    (outcome,) = run_audits(log.evidence(*(runs or ("gr",))), ["fairness"], {"fairness": given})
    assert isinstance(outcome, AuditResult), outcome
    return outcome


def of_kind(outcome, kind):
    return [section for section in outcome.sections if isinstance(section, kind)]


def broken_down(outcome, metric, *attributes) -> Breakdown:
    (found,) = (b for b in of_kind(outcome, Breakdown) if (b.card.name, b.attributes) == (metric, attributes))
    return found


def measured(outcome, name) -> Measure:
    (found,) = (m for m in of_kind(outcome, Measure) if m.name == name)
    return found


def crowd(hits=None, n=160, extra=None) -> LogBuilder:
    """`n` users in four equal groups (f y, f o, m y, m o); `hits` of each ten find their item.

    History: a (category x). Lists: a hit is t (x) and then b (y); a miss is b and an invented title.
    """
    hits = hits or {"fy": 4, "fo": 4, "my": 8, "mo": 8}
    users = [f"u{i:03d}" for i in range(n)]
    group = {u: list(hits)[i % 4] for i, u in enumerate(users)}
    lists = {u: ["t", "b"] if i // 4 % 10 < hits[group[u]] else ["b", "!No"] for i, u in enumerate(users)}
    attributes: dict = {u: {"gender": g[0], "age": g[1]} for u, g in group.items()}
    for user, values in (extra or {}).items():
        attributes[user] = values
        users.append(user)
        lists[user] = ["b", "?"]
    return (
        LogBuilder()
        .items({"a": ["x"], "b": ["y"], "t": ["x"], "c": ["z"]})
        .users({u: ["a"] for u in users}, {u: ["t"] for u in users}, attributes)
        .run("gr", lists, k=2)
    )


@pytest.fixture(scope="module")
def log() -> LogBuilder:
    return crowd()


@pytest.fixture(scope="module")
def plain(log) -> AuditResult:
    return judged(log, metrics="hit_rate, out_of_catalogue_share, delivered_share, coverage")


def test_a_mean_a_ratio_and_a_whole_by_group(plain):
    # 80 women: 32 hits; 80 men: 64. A miss names two titles, one invented; a hit none: f 48 of 160, m 16 of 160
    for metric, women, men in (
        ("hit_rate", 0.4, 0.8), ("out_of_catalogue_share", 48 / 160, 16 / 160),
        ("delivered_share", 112 / 160, 144 / 160), ("coverage", 2 / 4, 2 / 4),
    ):  # fmt: skip
        found = broken_down(plain, metric, "gender")
        assert {g.labels[0]: g.value for g in found.groups} == {"f": pytest.approx(women), "m": pytest.approx(men)}
        assert {g.n for g in found.groups} == {80}
        assert found.gap == pytest.approx(abs(women - men))
        assert found.ratio == pytest.approx(min(women, men) / max(women, men))
    assert broken_down(plain, "coverage", "gender").overall == pytest.approx(0.5)
    assert "depends on how many people" in broken_down(plain, "coverage", "gender").note


def test_a_metric_without_a_query_is_broken_down_too_and_none_stands_for_another(tmp_path):
    made = {"Title a": (1.0, 0.0), "Title b": (0.6, 0.8), "Title t": (0.0, 1.0)}
    items = [Item(item_id=i, title=f"Title {i}") for i in "abt"]
    ItemVectors(tmp_path / "vectors").of_items(items, Encoder(made))
    groups = {f"u{i:02d}": "fm"[i % 2] for i in range(40)}
    log = (
        LogBuilder()
        .items({i: [] for i in "abt"})
        .users({u: ["a"] for u in groups}, {u: ["t"] for u in groups}, {u: {"gender": g} for u, g in groups.items()})
        .run("gr", {u: ["t", "b"] if g == "f" else ["b", "a"] for u, g in groups.items()}, k=2)
    )
    asked = {"metrics": "intra_list_diversity_text, hit_rate", "resamples": 1000, "min_sufficient": 20}
    (outcome,) = run_audits(log.evidence("gr", cache=tmp_path), ["fairness"], {"fairness": asked})
    for metric, women, men in (("intra_list_diversity_text", 1 - 0.8, 1 - 0.6), ("hit_rate", 1.0, 0.0)):
        found = {g.labels[0]: g.value for g in broken_down(outcome, metric, "gender").groups}
        assert found == {"f": pytest.approx(women, abs=1e-6), "m": pytest.approx(men, abs=1e-6)}


def test_equals_fairlearn_over_the_raw_rows(plain):
    hit = np.array([1 if i // 4 % 10 < (4, 4, 8, 8)[i % 4] else 0 for i in range(160)])
    gender = np.array(["f" if i % 4 < 2 else "m" for i in range(160)])
    frame = MetricFrame(metrics=selection_rate, y_true=hit, y_pred=hit, sensitive_features=gender)
    found = broken_down(plain, "hit_rate", "gender")
    assert measured(plain, "utility_gap:gender").value == pytest.approx(frame.difference())
    assert measured(plain, "impact_ratio:gender").value == pytest.approx(frame.ratio())
    assert measured(plain, "worst_group:gender").value == pytest.approx(frame.group_min())
    assert found.overall == pytest.approx(frame.overall)


def test_the_interval_of_the_gap_is_as_wide_as_theory_says(plain):
    found = broken_down(plain, "hit_rate", "gender")
    error = math.sqrt((0.4 * 0.6 + 0.8 * 0.2) / 80)
    assert found.gap_interval.high - found.gap == pytest.approx(1.98 * error, rel=0.08)
    assert found.gap_interval.method.startswith("bootstrap over users within groups, 1,000 resamples, seed 7")
    women = next(g for g in found.groups if g.labels == ("f",))
    half = 1.96 * math.sqrt(0.24 / 80)
    assert (women.interval.low, women.interval.high) == pytest.approx((0.4 - half, 0.4 + half), abs=0.03)
    ratio = found.ratio_interval
    assert found.ratio == pytest.approx(0.5)
    assert ratio.low < 0.5 < ratio.high < 0.8


def test_a_loss_is_worse_where_it_is_higher(plain):
    found = broken_down(plain, "out_of_catalogue_share", "gender")
    assert [g.labels[0] for g in judged_groups(found)] == ["f", "m"]
    titles = [f.title for f in of_kind(plain, Finding)]
    assert "gr: more Invented items (out of catalogue) for f than for m (gender)" in titles
    assert any(title.startswith("gr serves f 50% worse than m") for title in titles)


def test_gaps_of_a_run_are_tested_together(plain):
    noted = [b for b in of_kind(plain, Breakdown) if b.gap_p_value is not None]
    assert {b.card.name.partition(":")[0] for b in noted} >= {"hit_rate", "out_of_catalogue_share", "exposure_share"}
    assert all(f"Holm over {len(noted)} gaps" in b.note for b in noted)
    assert broken_down(plain, "hit_rate", "gender").gap_p_value == pytest.approx(len(noted) / 1001, rel=1.01)
    assert broken_down(plain, "hit_rate", "age").gap_p_value == 1.0  # both ages are served alike


def test_intersections_are_named_with_a_star_or_a_plus(log):
    found = judged(log, by="gender, gender*age", metrics="hit_rate", item_groups="")
    same = judged(log, by="gender, gender+age", metrics="hit_rate", item_groups="")
    assert found.sections == same.sections
    groups = {g.labels: g.value for g in broken_down(found, "hit_rate", "gender", "age").groups}
    assert groups == {("f", "o"): 0.4, ("f", "y"): 0.4, ("m", "o"): 0.8, ("m", "y"): 0.8}
    assert measured(found, "utility_gap:gender+age").value == pytest.approx(0.4)


def test_control_compares_within_levels_and_names_them(log):
    found = judged(log, by="gender", control="age", metrics="hit_rate, coverage")
    for metric in ("hit_rate", "coverage"):
        levels = [b.within for b in of_kind(found, Breakdown) if b.card.name == metric]
        assert levels == [(("age", "o"),), (("age", "y"),)]
    assert not [m for m in of_kind(found, Measure) if m.name.startswith("utility_gap")]
    assert any(f.detail.startswith("Within age = o.") and f.request_ids for f in of_kind(found, Finding))


def test_few_people_are_hidden_in_every_metric_and_in_its_query():
    log = crowd(extra={f"x{i}": {"gender": "x", "age": "y"} for i in range(4)})
    outcome = judged(log, metrics="hit_rate, out_of_catalogue_share, coverage", by="gender, age, gender*age")
    for b in of_kind(outcome, Breakdown):
        rows = log.connection.execute(b.sql).df()
        shown = {g.labels for g in b.groups if not g.suppressed}
        columns = [f"group_{i}" for i in range(1, len(b.attributes) + 1)]
        assert {tuple(row) for row in rows[columns].to_numpy()} == shown
        hidden = [g for g in b.groups if g.suppressed]
        assert all((g.n, g.value, g.interval) == (None, None, None) for g in hidden)
        if "gender" in b.attributes:
            assert len(hidden) >= 2  # the four, and a group that they could be worked out from
    tables = [t for t in of_kind(outcome, Table) if "gender" in t.columns]
    assert tables
    for table in tables:
        assert "x" not in {row[table.columns.index("gender")] for row in table.rows}


def test_what_is_shown_is_what_the_query_gives():
    log = crowd(extra={f"x{i:02d}": {"gender": None, "age": "y"} for i in range(12)})
    by = "gender, age, gender*age"
    outcome = judged(log, metrics="hit_rate, delivered_share, coverage", by=by, profile=LL144)
    kinds = set()
    for section in outcome.sections:
        if isinstance(section, Finding) or not section.sql:
            continue
        kinds.add(type(section))
        cursor = log.connection.execute(section.sql)
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        match section:
            case Measure():
                assert (rows[0]["measured"], rows[0]["n_units"]) == (pytest.approx(section.value), section.n)
            case Breakdown():
                for group in section.groups:
                    labels = [*group.labels]
                    (row,) = (r for r in rows if [r[f"group_{i}"] for i in range(1, len(labels) + 1)] == labels)
                    assert (row["measured"], row["n_users"]) == (pytest.approx(group.value), group.n)
            case Table():
                assert tuple(tuple(row.values()) for row in rows) == section.rows
    assert kinds == {Measure, Breakdown, Table}


def test_names_of_people_are_no_groups():
    log = crowd(extra={f"x{i}": {"gender": "f", "age": "y", "full_name": f"Ida Lund {i}"} for i in range(3)})
    outcome = judged(log, metrics="hit_rate")
    assert {b.attributes for b in of_kind(outcome, Breakdown)} == {("age",), ("gender",)}
    assert "Ida Lund" not in str(outcome)
    (refused,) = run_audits(log.evidence("gr"), ["fairness"], {"fairness": {"by": "full_name"}})
    assert "names of people" in refused.error


def test_an_attribute_of_many_values_is_taken_only_where_it_is_named():
    people = {f"x{i:02d}": {"gender": "f", "age": "y", "zip": f"{i:05d}"} for i in range(51)}
    log = crowd(extra=people)
    outcome = judged(log, metrics="hit_rate")
    assert {b.attributes for b in of_kind(outcome, Breakdown)} == {("age",), ("gender",)}
    (said,) = (f for f in of_kind(outcome, Finding) if f.title == "Not looked at: zip")
    assert said.detail.startswith("zip has 51 different values")
    assert "--by" in said.detail
    named = judged(log, metrics="hit_rate", by="zip", item_groups="")
    assert len(broken_down(named, "hit_rate", "zip").groups) == 52  # with unknown
    assert not any(f.title.startswith("Not looked at") for f in of_kind(named, Finding))
    wider = judged(log, metrics="hit_rate", max_values=51, item_groups="")
    assert ("zip",) in {b.attributes for b in of_kind(wider, Breakdown)}
    (none,) = run_audits(log.evidence("gr"), ["fairness"], {"fairness": {"max_values": 1}})
    assert isinstance(none, NotApplicable)
    assert "zip has 51 different values" in none.reason


def test_unknown_is_kept_and_counted_and_never_judged():
    log = crowd(extra={f"x{i:02d}": {"gender": None, "age": "y"} for i in range(30)})
    found = broken_down(judged(log, metrics="hit_rate"), "hit_rate", "gender")
    unknown = next(g for g in found.groups if g.labels == ("unknown",))
    assert (unknown.n, unknown.value, unknown.sufficient) == (30, 0.0, True)
    assert found.gap == pytest.approx(0.4)  # without the unknown, who find nothing


def test_the_line_is_drawn_only_under_the_profile_that_has_it(log):
    for profile in ("none", "eu-dsa-ai-act"):
        outcome = judged(log, metrics="hit_rate", profile=profile)
        (table,) = (t for t in of_kind(outcome, Table) if t.title.startswith("Impact ratio") and "gender" in t.title)
        assert table.columns == ("run_id", "gender", "users", "value", "impact ratio")
        assert table.rows == (("gr", "f", 80, 0.4, 0.5), ("gr", "m", 80, 0.8, 1.0))
        assert not [f for f in of_kind(outcome, Finding) if "impact ratio" in f.title]
        assert "No line is drawn" in table.note
    outcome = judged(log, metrics="hit_rate", profile=LL144)
    (table,) = (t for t in of_kind(outcome, Table) if t.title.startswith("Impact ratio") and "gender" in t.title)
    assert [row[-1] for row in table.rows] == ["below", "not below"]
    (finding,) = (f for f in of_kind(outcome, Finding) if "impact ratio" in f.title)
    assert finding.title == "gr: impact ratio 0.50 of f to m (gender), under 0.8"
    assert finding.severity is Severity.HIGH
    assert "29 CFR 1607.4(D)" in finding.detail
    (about,) = (f for f in of_kind(outcome, Finding) if f.title.startswith("Legal profile"))
    assert "sets no line of its own" in about.detail


def test_a_ratio_that_chance_may_explain_is_said_so():
    log = crowd({"fy": 5, "fo": 5, "my": 7, "mo": 7}, n=80)
    outcome = judged(log, metrics="hit_rate", profile=LL144)
    (finding,) = (f for f in of_kind(outcome, Finding) if "impact ratio" in f.title)
    assert finding.severity is Severity.MEDIUM
    assert "chance alone may explain" in finding.detail


def test_under_the_profile_too_few_people_are_no_pass(log):
    outcome = judged(log, metrics="hit_rate", profile=LL144, min_sufficient=100)
    titles = [f.title for f in of_kind(outcome, Finding)]
    assert "gr: no impact ratio by gender: insufficient evidence" in titles
    assert outcome.answer.startswith("Insufficient evidence")


def test_profiles_that_ship_are_read_and_say_what_they_rest_on():
    assert set(shipped_profiles()) == {"none", "eu-dsa-ai-act", LL144}
    for name in shipped_profiles():
        profile = load_profile(name)
        assert bool(profile.citations) == (name != "none")
        assert (profile.impact_ratio_line == 0.8) == (name == LL144)
        assert ("This profile does not decide" in profile.says) == (name != "none")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = 'x'\nimpact_ratio_line = 0.8", "line_source"),
        ("title = 'x'\nimpact_ratio_line = 8\nline_source = 'y'", "impact_ratio_line: Input should be less"),
        ("title = 'x'\nline = 0.8", "line: Extra inputs"),
        ("says = 'x'", "title: Field required"),
        ("title = 'x'\nsays = 'must'", "citations"),
        ("title = ", "is not TOML"),
    ],
)  # fmt: skip
def test_a_bad_profile_is_refused_with_the_reason(tmp_path, log, text, said):
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AuditError, match=said):
        run_audits(log.evidence("gr"), ["fairness"], {"fairness": {"profile": str(path)}})


def test_a_profile_of_ones_own_is_taken_from_its_file(tmp_path, log):
    path = tmp_path / "own.toml"
    path.write_text("title = 'House rule'\nsays = 'At least 0.9.'\ncitations = ['Policy 7']\n"
                    "impact_ratio_line = 0.9\nline_source = 'Policy 7'\n", encoding="utf-8")  # fmt: skip
    outcome = judged(log, metrics="hit_rate", profile=str(path))
    assert any(f.title.endswith("under 0.9") and "Policy 7" in f.detail for f in of_kind(outcome, Finding))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"profile": "gdpr"}, "no legal profile 'gdpr'; there are eu-dsa-ai-act, none"),
        ({"profile": "/nowhere/own.toml"}, "cannot be read"),
        ({"metrics": ""}, "names no metric"),
        ({"metrics": "ndgc"}, "no metric named 'ndgc'"),
        ({"min_people": 0}, "min_people"),
        ({"max_values": 0}, "max_values"),
        ({"min_people": 50, "min_sufficient": 20}, "min_people"),
        ({"resamples": 10}, "1,000 resamples"),
        ({"level": 2}, "level"),
    ],
)
def test_settings_that_do_not_fit_are_refused_before_anything_runs(log, settings, said):
    with pytest.raises(AuditError, match=said):
        run_audits(log.evidence("gr"), ["fairness"], {"fairness": settings})


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"by": "hair"}, "no attribute 'hair'; they have age, gender"),
        ({"by": "gender", "control": "gender"}, "controlled for"),
        ({"metrics": "hit_rate, memory_peak"}, "one number of the whole run"),
    ],
)
def test_what_cannot_be_judged_fails_with_the_reason(log, settings, said):
    (outcome,) = run_audits(log.evidence("gr"), ["fairness"], {"fairness": settings})
    assert said in outcome.error


def test_a_metric_whose_needs_are_not_met_is_named(log):
    outcome = judged(log, metrics="hit_rate, fabricated_attribute_rate")
    (finding,) = (f for f in of_kind(outcome, Finding) if f.title.startswith("Not taken"))
    assert finding.detail == "The log holds no claims."


def test_exposure_and_bias_disparity_by_hand(plain):
    # f: 32 hits t(x) b(y), 48 misses b(y): delivered x 32, y 80; history is all x.
    second = 1 / math.log2(3)
    women = {"x": 32.0, "y": 48 + 32 * second}
    men = {"x": 64.0, "y": 16 + 64 * second}
    share = {"f": women["x"] / sum(women.values()), "m": men["x"] / sum(men.values())}
    parity = measured(plain, "exposure_parity:gender")
    assert parity.value == pytest.approx(share["m"] - share["f"])
    assert parity.interval.low < parity.value < parity.interval.high
    (found,) = (
        b for b in of_kind(plain, Breakdown) if b.card.name.startswith("exposure_share") and b.attributes == ("gender",)
    )
    assert found.card.name == "exposure_share:x"  # x and y differ by the same, the first by name
    assert {g.labels[0]: g.value for g in found.groups} == {k: pytest.approx(v) for k, v in share.items()}
    (table,) = (t for t in of_kind(plain, Table) if t.title.startswith("Bias disparity") and "gender" in t.title)
    rows = {row[1:3]: row[3:] for row in table.rows}
    # Elliot: BR / BS - 1 = (32 / 112) / 1 - 1
    assert rows["f", "x"] == (80, 1.0, round(32 / 112, 4), round(share["f"], 4), round(32 / 112 - 1, 4))
    assert rows["m", "x"][-1] == round(64 / 144 - 1, 4)
    assert rows["f", "y"][-1] is None  # nobody had any of it


def test_items_of_one_group_have_no_exposure_parity():
    log = crowd()
    log.connection.execute("update store.item_labels set label = 'x'")
    outcome = judged(log, metrics="hit_rate")
    assert not [m for m in of_kind(outcome, Measure) if m.name.startswith("exposure_parity")]


def test_large_runs_take_their_intervals_from_sums(log):
    resampled = broken_down(judged(log, metrics="out_of_catalogue_share"), "out_of_catalogue_share", "gender")
    summed = broken_down(
        judged(log, metrics="out_of_catalogue_share", max_users=10), "out_of_catalogue_share", "gender"
    )
    assert summed.gap == resampled.gap
    assert summed.gap_interval.method.startswith("Welch")
    width = [b.gap_interval.high - b.gap_interval.low for b in (summed, resampled)]
    assert width[0] == pytest.approx(width[1], rel=0.1)
    assert [g.interval.high for g in summed.groups] == pytest.approx(
        [g.interval.high for g in resampled.groups], abs=0.02
    )


def test_max_t_is_right_about_no_difference_and_sees_one():
    rng = np.random.default_rng(3)
    wrong = 0
    for _ in range(60):
        groups = [rng.binomial(1, 0.3, 60).astype(float) for _ in range(4)]
        draws = np.stack([group_draws(g, np.ones_like(g), HOW, str(i)) for i, g in enumerate(groups)], axis=1)
        values = np.array([g.mean() for g in groups])
        found = gap_test(draws, values, int(values.argmax()), int(values.argmin()), HOW)
        wrong += found.interval.low > 0
        assert (found.p_value < 0.05) == (found.interval.low > 0) or abs(found.p_value - 0.05) < 0.01
    assert wrong <= 8  # 3 of 60 expected; the unguarded difference of the extremes is "significant" in a fifth
    low, high = rng.binomial(1, 0.2, 200).astype(float), rng.binomial(1, 0.5, 200).astype(float)
    draws = np.stack([group_draws(g, np.ones_like(g), HOW, str(g.sum())) for g in (low, high)], axis=1)
    assert gap_test(draws, np.array([low.mean(), high.mean()]), 1, 0, HOW).p_value < 0.01


def test_groups_that_do_not_vary_are_not_resampled():
    same = np.ones(30)
    draws = np.stack([group_draws(same, same, HOW, "a"), group_draws(same, same, HOW, "b")], axis=1)
    assert gap_test(draws, np.ones(2), 1, 0, HOW) is None
    assert percentile_interval(draws[:, 0], HOW) is None


@pytest.mark.parametrize("name", ["coverage", "gini", "exposure_gini", "entropy"])
def test_exposure_of_a_group_gives_what_its_users_alone_give(name):
    from audits.group_wholes import _of_exposure, _of_group, _values, _values_of_group
    from audits.measuring import Reading
    from audits.metrics.catalogue import find_metric

    users = [f"u{i}" for i in range(12)]
    log = (
        LogBuilder()
        .items({c: [] for c in "abcde"})
        .users(
            {u: ["a"] for u in users},
            {u: ["b"] for u in users},
            {u: {"gender": "fm"[i % 2], "age": "xy"[i // 6]} for i, u in enumerate(users)},
        )
        .run("r", {u: ["a", "bcde"[i % 4], "?"] if i % 5 else None for i, u in enumerate(users)})
    )
    assert _of_exposure(name)
    reading = Reading(evidence=log.evidence("r"), metric=find_metric(name))
    for named in ((("gender", "f"),), (("age", "y"), ("gender", "m"))):
        group = Reading(evidence=_of_group(reading.evidence, named), metric=reading.metric)
        quick, plain = _values_of_group(reading, group, named, ("gender", "age")), _values(group)
        assert quick["r"][0] == pytest.approx(plain["r"][0], abs=1e-12)
        assert quick["r"] != _values(reading)["r"]


@pytest.mark.parametrize("attributes", [("gender",), ("age",), ("age", "gender")])
@pytest.mark.parametrize("query", ["group_means", "judged_groups", "exposure_spreads", "bias_disparity"])
def test_groups_are_the_same_from_users_told_apart_by_more(query, attributes):
    log = crowd(extra={"w0": {"gender": "f"}, "w1": {"age": "y"}, "w2": {}})
    evidence = log.evidence("gr")
    using = {"metric_rows": "ndcg"} if query in ("group_means", "judged_groups") else {}
    asked = {
        "using": using, "min_people": 1, "min_sufficient": 2, "hidden_groups": [""], "group_kind": "category",
        "n_rows": 99,
    }  # fmt: skip
    alone = evidence.rows(query, **asked, **attribute_parameters(attributes))
    among = evidence.rows(query, **asked, **attribute_parameters(attributes, ("gender", "age")))
    by_hand = log.connection.execute(evidence.runnable_sql(query, **asked, **attribute_parameters(attributes)))
    assert alone
    assert len(among) == len(alone)
    for mine, other, third in zip(among, alone, by_hand.fetchall(), strict=True):
        assert mine == pytest.approx(other, abs=1e-12)
        assert other == pytest.approx(third, abs=1e-12)
