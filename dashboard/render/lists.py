"""A user's history and lists as HTML. Text of the log is escaped; colours follow the theme, and signs go with them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dashboard.cohort import Cohort
from dashboard.loaders.claims import ClaimLine
from dashboard.loaders.lists import CallLine, ItemLine, RunList, SlotLine, StepLine
from dashboard.render import text
from dashboard.render.claims import listed, marked
from dashboard.render.paradigms import look
from engine.records import Outcome

_SHOWN_HISTORY = 12
_OUTCOMES = {
    Outcome.DELIVERED: "delivered",
    Outcome.OUT_OF_CATALOGUE: "invented: out of catalogue",
    Outcome.DUPLICATE: "duplicate",
    Outcome.ALREADY_CONSUMED: "already consumed",
    Outcome.UNPARSEABLE: "not readable",
    Outcome.INELIGIBLE: "not eligible",
    Outcome.MISSING: "missing",
}


def side_by_side(history: Sequence[ItemLine], targets: Sequence[ItemLine], lists: Sequence[RunList], cohort: Cohort,
                 *, whole_history: bool = False) -> str:  # fmt: skip
    """Return the history and each run's list, side by side."""
    shown = history if whole_history else history[:_SHOWN_HISTORY]
    hit = {slot.item_id for one in lists for slot in one.slots if slot.is_hit and slot.item_id is not None}
    columns = [_history(shown, len(history), targets, hit), *(_list(one, cohort) for one in lists)]
    return f'<div class="ra ra-lists">{"".join(columns)}</div>'


def slot_details(one: RunList, claims: Sequence[ClaimLine] = ()) -> str:
    """Return every slot of one list: what was written, how it was matched, what became of it, the reason given.

    `claims` are those of its reasons: they are marked by verdict, and listed below.
    """
    own = {
        slot.slot_rank: [c for c in claims if c.step_index is None and c.slot_rank == slot.slot_rank]
        for slot in one.slots
    }
    rows = "".join(_slot_detail(slot, own[slot.slot_rank]) for slot in one.slots)
    return f'<div class="ra"><ol class="ra-steps">{rows}</ol></div>'


def steps(lines: Sequence[StepLine], claims: Sequence[ClaimLine] = ()) -> str:
    """Return the steps of a request, in order; `claims` of theirs are marked by verdict, and listed below each."""
    rows = "".join(_step(line, [c for c in claims if c.step_index == line.step_index]) for line in lines)
    return f'<div class="ra"><ol class="ra-steps">{rows}</ol></div>'


def call_facts(line: CallLine) -> str:
    """Return one line about a model call."""
    tokens = (
        f"{text.count(line.tokens_in)} tokens in, {text.count(line.tokens_out)} out"
        if line.tokens_in is not None or line.tokens_out is not None
        else "tokens not told by the backend"
    )
    batch = f" in a batch of {line.batch_size}" if line.batch_size > 1 else ""
    latency = f", {line.latency_ms:,.0f} ms{batch}" if line.latency_ms is not None else ""
    temperature = "not known" if line.temperature is None else f"{line.temperature:g}"
    return (
        f"{line.model}, {line.decoding.replace('_', ' ')} decoding, temperature {temperature}, {tokens}"
        f"{latency}, ended by {line.finish_reason}"
    )


def outcome_name(outcome: str) -> str:
    """Return an outcome in plain words."""
    try:
        return _OUTCOMES[Outcome(outcome)]
    except ValueError:
        return outcome.replace("_", " ")


def said_of(one: RunList) -> str:
    """Return one line about a list: how much of it was delivered and hit."""
    delivered = sum(slot.outcome == Outcome.DELIVERED for slot in one.slots)
    hits = sum(slot.is_hit for slot in one.slots)
    whole = f"{delivered} of {len(one.slots)} delivered"
    return f"{whole}, {text.count(hits, 'hit')}" if hits else f"{whole}, no hit"


def _history(shown: Sequence[ItemLine], n: int, targets: Sequence[ItemLine], hit: set[str]) -> str:
    held = "".join(_item(line, is_hit=line.item_id in hit) for line in targets)
    rows = "".join(_item(line) for line in shown)
    more = f'<p class="ra-small ra-muted">and {n - len(shown):,} before</p>' if n > len(shown) else ""
    nothing = '<p class="ra-small ra-muted">nothing</p>'
    return (
        '<section class="ra-history"><h4>What came next</h4>'
        '<p class="ra-small ra-muted">held out: what a list should hit</p>'
        f"<ul>{held}</ul>{'' if held else nothing}"
        '<h4 style="margin-top:0.9rem">History</h4>'
        f'<p class="ra-small ra-muted">{text.count(n, "item")} before the cutoff, newest first</p>'
        f"<ul>{rows}</ul>{'' if rows else nothing}{more}</section>"
    )


def _item(line: ItemLine, *, is_hit: bool = False) -> str:
    facts = [part for part in (line.domain, str(line.year) if line.year is not None else "") if part]
    if line.rating is not None:
        facts.append(f"rated {line.rating:g}")
    facts.append(f"{line.interacted_at:%Y-%m-%d}")
    told = " · ".join(f'<span class="ra-fact">{text.inline(fact)}</span>' for fact in facts)
    tick = ' <span class="ra-good">✓</span>' if is_hit else ""
    title = f'<span class="ra-title">{text.inline(line.title or line.item_id)}</span>'
    style = "ra-hit" if is_hit else ""
    return f'<li class="{style}">{title}{tick}<br><span class="ra-small ra-muted">{told}</span></li>'


def _list(one: RunList, cohort: Cohort) -> str:
    run_id = one.shown.run_id
    look_ = look(cohort.paradigm(run_id))
    heading = (
        f'<h4><span style="color:{look_.colour}" aria-hidden="true">{look_.mark}</span> '
        f"{text.inline(cohort.name(run_id))}</h4>"
        f'<p class="ra-small ra-muted">{text.inline(said_of(one))}</p>'
    )
    if one.shown.error:
        heading += f'<p class="ra-small ra-bad">× failed: {text.inline(text.shorten(one.shown.error, 200))}</p>'
    return f"<section>{heading}<ol>{''.join(_slot(slot) for slot in one.slots)}</ol></section>"


def unnumbered(slot: SlotLine) -> str:
    """Return what was written for a slot without its number in front, which the list shows anyway."""
    return re.sub(rf"^\W*{slot.slot_rank}\s*[.)\]:](?=[\s*_]|$)[\s*_]*", "", slot.raw_text or "")


def _slot(slot: SlotLine) -> str:
    delivered = slot.outcome == Outcome.DELIVERED
    style = "ra-hit" if slot.is_hit else ("" if delivered else "ra-lost")
    name = slot.title if delivered and slot.title else unnumbered(slot) or slot.title or ""
    tag = ""
    if slot.is_hit:
        tag = '<br><span class="ra-tag ra-good">✓ hit: held out</span>'
    elif not delivered:
        tag = f'<br><span class="ra-tag">× {text.inline(outcome_name(slot.outcome))}</span>'
    shown = text.inline(text.shorten(name, 160)) or '<span class="ra-muted">nothing</span>'
    return (
        f'<li class="{style}"><span class="ra-rank">{slot.slot_rank}</span>'
        f'<span><span class="ra-title">{shown}</span>{tag}</span></li>'
    )


def _slot_detail(slot: SlotLine, claims: Sequence[ClaimLine]) -> str:
    delivered = slot.outcome == Outcome.DELIVERED
    sign = "✓ hit" if slot.is_hit else (outcome_name(slot.outcome) if delivered else f"× {outcome_name(slot.outcome)}")
    style = "ra-good" if slot.is_hit else ("ra-muted" if delivered else "ra-bad")
    lines = [f"<strong>{text.inline(slot.title or slot.raw_text or 'nothing')}</strong>"]
    facts = []
    if slot.raw_text is not None and slot.raw_text != slot.title:
        facts.append(f"written: “{slot.raw_text}”")
    if slot.match_kind is not None:
        sure = f" ({slot.match_score:.2f})" if slot.match_kind == "fuzzy" and slot.match_score is not None else ""
        facts.append("named by its id" if slot.match_kind == "identifier" else f"{slot.match_kind} match{sure}")
    if slot.outcome_detail:
        facts.append(slot.outcome_detail)
    if slot.score is not None:
        facts.append(f"score {slot.score:.4g}")
    if facts:
        lines.append(f'<span class="ra-small ra-muted">{text.inline("; ".join(facts))}</span>')
    if slot.rationale:
        lines.append(f'<span class="ra-quote" style="display:block">{marked(slot.rationale, claims)}</span>')
    said = "<br>".join(lines) + listed(claims)
    return (
        f'<li><span class="ra-muted">{slot.slot_rank}</span><span class="ra-small {style}">{text.inline(sign)}</span>'
        f"<span>{said}</span></li>"
    )


def _step(line: StepLine, claims: Sequence[ClaimLine]) -> str:
    parts = []
    if line.title:
        parts.append(f"<strong>{text.inline(line.title)}</strong>")
    if line.step_text:
        parts.append(f'<span style="white-space:pre-wrap">{marked(line.step_text, claims)}</span>')
    if line.tool:
        parts.append(f"<code>{text.inline(line.tool)}({text.inline(line.arguments)})</code>")
    if line.observation:
        parts.append(f'<span class="ra-quote" style="display:block">{text.inline(line.observation)}</span>')
    return (
        f'<li><span class="ra-muted">{line.step_index + 1}</span>'
        f'<span class="ra-small ra-muted">{text.inline(line.kind.replace("_", " "))}</span>'
        f"<span>{'<br>'.join(parts)}{listed(claims)}</span></li>"
    )
