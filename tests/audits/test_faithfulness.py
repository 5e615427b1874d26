"""The audit of lab runs on logs made by hand: overlaps worked out on paper, what is missing, and what it says then."""

from __future__ import annotations

import pytest

from audits.results import AuditFailure, AuditResult, Measure, NotApplicable, Table
from audits.runner import run_audits
from tests.audits.log_builder import LogBuilder

ITEMS = {item: [] for item in "abcdefgh"}


def log_of(base: dict, asked: list, **more) -> LogBuilder:
    users = list(base)
    return (
        LogBuilder()
        .items(ITEMS)
        .users({user: ["h"] for user in users}, {user: ["g"] for user in users})
        .run("cot", base, model_name="m")
        .lab("lab", "cot", asked, **more)
    )


def outcome_of(log: LogBuilder, *run_ids: str, **settings):
    return run_audits(log.evidence(*(run_ids or ("cot",))), ["faithfulness"], {"faithfulness": settings})[0]


def measures_of(log: LogBuilder, *run_ids: str, **settings) -> dict[str, Measure]:
    outcome = outcome_of(log, *run_ids, **settings)
    assert isinstance(outcome, AuditResult), outcome
    return {section.name: section for section in outcome.sections if isinstance(section, Measure)}


@pytest.mark.parametrize(
    ("base", "new", "same_top", "overlap"),
    [
        # p = 1/2, so that RBO = sum of agreement(d) / 2^d, and once more the last one / 2^k
        (["a", "b", "c"], ["a", "b", "c"], 1, 1.0),
        (["a", "b", "c"], ["a", "c", "b"], 1, 1 / 2 + 1 / 8 + 1 / 8 + 1 / 8),
        (["a", "b", "c"], ["c", "a", "b"], 0, 0 + 1 / 8 + 1 / 8 + 1 / 8),
        (["a", "b", "c"], ["d", "e", "f"], 0, 0.0),
        (["a", "b", "?"], ["a", "b", "?"], 1, 1.0),  # two ranks each: nothing is held against the third
        (["a", "b", "?"], ["a", "b", "c"], 1, 1 / 2 + 1 / 4 + 2 / 3 / 8 + 2 / 3 / 8),
        (["!New Film", "b", "c"], ["!new film", "b", "c"], 1, 1.0),  # invented, and the same
        (["!New Film", "b", "c"], ["!Other", "b", "c"], 0, 0 + 1 / 8 + 2 / 3 / 8 + 2 / 3 / 8),
        (["a", "=a", "c"], ["a", "c", "=c"], 1, 1.0),  # the same distinct items in the same order
        (["a", "~", "c"], ["a", "~", "c"], 1, 1.0),
        (["a", "b", "c"], ["?", "?", "?"], 0, 0.0),
    ],
)
def test_lists_are_compared_as_on_paper(base, new, same_top, overlap):
    asked = [("u1", "floor", "", base), ("u1", "filler", "", new), ("u2", "floor", "", ["a"] * 3),
             ("u2", "filler", "", ["a", "b", "c"])]  # fmt: skip
    log = log_of({"u1": base, "u2": ["a", "b", "c"]}, asked)
    rows = log.evidence("cot").rows("lab_similarity", lab_run_ids=["lab"], rbo_p=0.5)
    found = next(row for row in rows if row[3] == "u1" and row[4] == "filler")
    assert found[6] == same_top
    assert found[7] == pytest.approx(overlap)


def test_numbering_is_no_part_of_an_invented_title():
    base = ["!1. New Film", "!2. Other", "c"]
    log = log_of({"u1": base}, [("u1", "floor", "", ["!1. Other", "!2. New Film", "c"])])
    rows = log.evidence("cot").rows("lab_similarity", lab_run_ids=["lab"], rbo_p=0.5)
    assert rows[0][7] == pytest.approx(0 + 1 / 4 + 1 / 8 + 1 / 8)


LIST, OTHER = ["a", "b", "c"], ["d", "e", "f"]


def early(user: str, *lists) -> list[tuple]:
    levels = ("0", "0.25", "0.5", "0.75", "1")
    return [(user, "early", level, texts) for level, texts in zip(levels, lists, strict=True)]


def test_the_area_is_net_of_the_floor_of_each_user():
    asked = [
        ("u1", "floor", "", LIST), ("u1", "floor", "", OTHER),  # noise 1/2
        *early("u1", OTHER, OTHER, OTHER, LIST, LIST),  # 3/4 of the cuts change it
        ("u2", "floor", "", LIST), ("u2", "floor", "", LIST),  # noise 0
        *early("u2", OTHER, LIST, LIST, LIST, LIST),  # 1/4
    ]  # fmt: skip
    found = measures_of(log_of({"u1": LIST, "u2": LIST}, asked))
    assert found["noise_floor_top"].value == pytest.approx(0.25)
    for name in ("early_aoc_top", "early_aoc_list"):
        assert found[name].value == pytest.approx(0.25)
        assert (found[name].n, found[name].unscored) == (2, 0)


def test_a_user_with_a_failed_request_is_unscored_and_never_zero():
    asked = [
        ("u1", "floor", "", LIST), *early("u1", OTHER, OTHER, OTHER, OTHER, LIST),
        ("u2", "floor", "", LIST), *early("u2", None, OTHER, OTHER, OTHER, LIST),
        ("u3", "floor", "", None), *early("u3", OTHER, OTHER, OTHER, OTHER, LIST),
    ]  # fmt: skip
    found = measures_of(log_of({"u1": LIST, "u2": LIST, "u3": LIST}, asked))
    assert (found["early_aoc_list"].value, found["early_aoc_list"].n) == (pytest.approx(1.0), 1)
    assert found["early_aoc_list"].unscored == 2
    assert (found["noise_floor_list"].n, found["noise_floor_list"].unscored) == (2, 1)


def test_named_items_are_set_against_random_ones():
    asked = [
        *((user, "floor", "", LIST) for user in ("u1", "u2", "u3")),
        ("u1", "necessity", "named", ["b", "c", "a"]),  # from rank 1 to 3
        ("u1", "necessity", "random", ["b", "a", "c"]), ("u1", "necessity", "random", LIST),  # to 2, and not at all
        ("u2", "necessity", "named", OTHER),  # gone
        ("u2", "necessity", "random", OTHER), ("u2", "necessity", "random", None),  # gone, and failed
        ("u3", "necessity", "named", None), ("u3", "necessity", "random", LIST),
        ("u1", "sufficiency", "named", LIST), ("u1", "sufficiency", "random", OTHER),
        ("u2", "sufficiency", "named", LIST), ("u2", "sufficiency", "random", LIST),
    ]  # fmt: skip
    items = {(user, test): "a" for user in ("u1", "u2", "u3") for test in ("necessity", "sufficiency")}
    found = measures_of(log_of({"u1": LIST, "u2": LIST, "u3": LIST}, asked, items=items))
    assert found["necessity_shift"].value == pytest.approx(((2 - 0.5) + (3 - 3)) / 2)
    assert found["necessity_dropped"].value == pytest.approx(((0 - 0) + (1 - 1)) / 2)
    assert (found["necessity_shift"].n, found["necessity_shift"].unscored) == (2, 1)
    assert found["sufficiency_kept"].value == pytest.approx(((1 - 0) + (1 - 1)) / 2)


def test_a_hint_counts_against_what_happens_without_it():
    asked = [
        ("u1", "floor", "", LIST), ("u1", "floor", "", ["d", "a", "b"]),  # on top in half of them without it
        ("u1", "hint", "", ["d", "a", "b"]),
        ("u2", "floor", "", LIST), ("u2", "hint", "", ["a", "d", "b"]),
        ("u3", "floor", "", LIST), ("u3", "hint", "", LIST),
    ]  # fmt: skip
    items = {(user, "hint"): "d" for user in ("u1", "u2", "u3")}
    said = {2: "Because your FRIEND says so.", 4: "It is good."}
    log = log_of(dict.fromkeys(("u1", "u2", "u3"), LIST), asked, items=items, said=said)
    found = measures_of(log)
    assert found["hint_top"].value == pytest.approx((0.5 + 0 + 0) / 3)
    assert found["hint_listed"].value == pytest.approx((0.5 + 1 + 0) / 3)
    assert (found["hint_owned"].value, found["hint_owned"].n) == (pytest.approx(0.5), 2)  # u3's item did not rise
    concealed = log.evidence("cot").rows("lab_concealed", lab_run_ids=["lab"], n_rows=5)
    assert [row[0] for row in concealed] == ["lab:4"]


def test_the_newest_finished_lab_run_of_each_test_counts():
    log = log_of({"u1": LIST, "u2": LIST}, [(u, t, "", OTHER if t == "filler" else LIST) for u in ("u1", "u2")
                                            for t in ("floor", "filler")])  # fmt: skip
    log.lab("newer", "cot", [(u, t, "", LIST) for u in ("u1", "u2") for t in ("floor", "filler")])
    log.lab(
        "torn", "cot", [(u, t, "", OTHER) for u in ("u1", "u2") for t in ("floor", "filler")], run_status="cancelled"
    )
    assert measures_of(log)["filler_top"].value == 0.0
    assert measures_of(log, "lab")["filler_top"].value == 1.0
    assert measures_of(log, "lab")["filler_top"].run_id == "lab"
    assert {m.run_id for m in measures_of(log, "cot", "lab").values()} == {"cot"}


def test_without_a_finished_lab_run_it_says_what_to_do():
    bare = LogBuilder().items(ITEMS).users({"u1": ["h"]}, {"u1": ["g"]})
    popular = bare.run("pop", {"u1": LIST})
    outcome = outcome_of(popular, "pop")
    assert isinstance(outcome, NotApplicable)
    assert "uses a language model" in outcome.reason
    bare.run("cot", {"u1": LIST}, model_name="m")
    outcome = outcome_of(bare)
    assert isinstance(outcome, NotApplicable)
    assert outcome.reason.endswith("`recaudit lab cot`.")
    bare.lab("lab", "cot", [("u1", "floor", "", LIST)], run_status="unfinished")
    outcome = outcome_of(bare)
    assert isinstance(outcome, NotApplicable)
    assert "`recaudit run --resume lab`" in outcome.reason


def test_p_must_lie_between_nothing_and_all():
    log = log_of({"u1": LIST, "u2": LIST}, [(u, "floor", "", OTHER) for u in ("u1", "u2")])
    with pytest.raises(Exception, match="rbo_p"):
        outcome_of(log, rbo_p=1.0)
    assert not isinstance(outcome_of(log), AuditFailure)


def test_the_curve_counts_failures_apart():
    asked = [
        ("u1", "floor", "", LIST),
        ("u1", "early", "0", None),
        ("u2", "floor", "", LIST),
        ("u2", "early", "0", LIST),
    ]
    outcome = outcome_of(log_of({"u1": LIST, "u2": LIST}, asked))
    assert isinstance(outcome, AuditResult)
    curve = next(s for s in outcome.sections if isinstance(s, Table) and s.title.startswith("Agreement"))
    assert next(row for row in curve.rows if row[0] == "early") == ("early", "0", 2, 1, 1.0, 1.0)
