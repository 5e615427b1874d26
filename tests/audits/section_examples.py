"""One example of each kind of section: a renderer that forgets a kind fails on it."""

from __future__ import annotations

from audits.results import (
    Breakdown,
    Card,
    Comparison,
    Direction,
    Finding,
    Group,
    Interval,
    Measure,
    PathExample,
    PathHop,
    PathStop,
    Section,
    Severity,
    Stage,
    Table,
    Waterfall,
)

CARD = Card(
    name="ndcg", label="NDCG@10", formula="f", range="[0, 1]", direction=Direction.HIGHER, unit="", denominator="users",
    missing="None.", source="S 2000",
)  # fmt: skip
INTERVAL = Interval(low=0.1, high=0.3, level=0.95, method="bootstrap over users")

EXAMPLES: tuple[Section, ...] = (
    Measure(card=CARD, run_id="r", value=0.2, n=10, interval=INTERVAL, sql="select 1"),
    Comparison(
        card=CARD, run_id="r", reference_run_id="s", difference=0.1, interval=INTERVAL, p_value=0.01, correction="Holm",
        effect_size=0.5, n=10, test="paired randomisation", verdict="higher", value=0.2, reference_value=0.1,
    ),
    Breakdown(
        card=CARD, run_id="r", attributes=("gender",), overall=0.2, gap=0.1, ratio=0.5, gap_interval=INTERVAL, note="n",
        groups=(
            Group(labels=("a",), n=120, value=0.2, interval=INTERVAL),
            Group(labels=("b",), n=None, value=None, suppressed=True, sufficient=False),
        ),
    ),
    Waterfall(run_id="r", title="w", unit="slots", stages=(Stage(name="all", label="All", remaining=3, lost=0),)),
    Table(title="t", columns=("raw_text", "n_times"), rows=(("x", 1), (None, 2)), note="n", sql="select 2"),
    PathExample(
        run_id="r", request_id="r:0", slot_rank=1, origin="given", note="n",
        stops=(PathStop(label="A"), PathStop(label="p", is_named=False), PathStop(label="B")),
        hops=(PathHop(relation="directed_by"), PathHop(relation="directed_by", is_inverse=True, is_true=False)),
    ),
    Finding(severity=Severity.HIGH, title="t", detail="d", run_id="r", request_ids=("r:0",)),
)  # fmt: skip
