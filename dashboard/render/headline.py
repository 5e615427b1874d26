"""The Overview's words: the answer, the tiles, the findings. All numbers are those that the audits gave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from audits.headline import Headline, RunHeadline
from audits.results import Breakdown, Card, Direction, Finding, Measure, Severity
from audits.wording import NO_HIT
from dashboard.cohort import Cohort
from dashboard.render import text
from dashboard.render.charts.scatter import Point

Colour = Literal["normal", "inverse", "off"]
_MARKS = {Severity.HIGH: "●", Severity.MEDIUM: "▲", Severity.LOW: "■", Severity.INFO: "○"}
_ANSWER_FINDINGS = 2
_FAIRNESS = "fairness"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The page's question answered: a verdict of a few words, and why."""

    verdict: str
    reasons: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One number: of which run, against the reference, and what it rests on."""

    label: str
    value: str
    delta: str | None = None  # Markdown; begins with the sign
    delta_colour: Colour = "off"
    run: str
    basis: str
    card: Card


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """One finding and where it leads."""

    mark: str
    severity: str
    title: str
    detail: str
    audit: str
    run_id: str
    measure: str
    request_id: str | None


def answer(found: Headline, cohort: Cohort) -> Answer:
    """Answer "Can I sign this off?" from the findings; what could not be judged is never a yes."""
    blocking = [finding for finding in found.findings if finding.severity is Severity.HIGH]
    checks = [finding for finding in found.findings if finding.severity is Severity.MEDIUM]
    if not found.answers:
        return Answer(verdict="Not decided.", reasons="No audit could judge these runs.")
    best = _best(found, cohort)
    if blocking:
        verdict, reasons = "Not yet.", _listed(blocking)
    elif checks:
        verdict, reasons = "Not before a look at what was found.", _listed(checks)
    elif found.unjudged:
        verdict, reasons = "Not decided.", "Nothing was found against these runs, but not everything could be judged."
    else:
        verdict, reasons = "Nothing was found against it.", f"{text.count(len(found.answers), 'audit')} looked."
    if found.unjudged and (blocking or checks):
        reasons += f" {text.count(len(found.unjudged), 'audit')} could not judge."
    return Answer(verdict=verdict, reasons=f"{reasons} {best}".strip())


def tiles(found: Headline, cohort: Cohort) -> list[Tile]:
    """Return at most four tiles: the worst delivery, the most invention, the best accuracy, the widest gap."""
    lines = [line for line in found.runs if line.run.run_id in cohort.run_ids]
    reference = next((line for line in found.runs if line.run.run_id == cohort.reference), None)
    made = (
        _tile("Fewest delivered slots", lines, lambda line: line.delivered, min, reference, cohort),
        _invention(lines, reference, cohort),
        _accuracy(lines, reference, cohort),
        _gap(lines, cohort) or _no_gap(found, lines),
    )
    return [tile for tile in made if tile is not None]


def points(found: Headline, cohort: Cohort) -> list[Point]:
    """Return the runs that have both an accuracy and a share of invented items.

    Where no run invents, that share tells them apart no more: the share of delivered slots stands in its place.
    """
    invents = any(line.invented is not None and line.invented.value for line in found.runs)
    shown = [(line, line.invented if invents else line.delivered, line.accuracy) for line in found.runs]
    return [
        Point(name=cohort.name(line.run.run_id), paradigm=line.run.paradigm, x=across, y=accuracy)
        for line, across, accuracy in shown
        if across is not None and accuracy is not None and across.value is not None and accuracy.value is not None
    ]


def picture_title(shown: Sequence[Point]) -> str:
    """Return what the picture sets against each other."""
    return "Accuracy against invention" if _is_invention(shown) else "Accuracy against delivery"


def takeaway(shown: Sequence[Point], k: int | None) -> str:
    """Return the picture's message in one line: the most accurate run, and the one that loses most."""
    best = max(shown, key=lambda point: point.y.value or 0.0)
    value = text.value(best.y.value, best.y.card, best.y.interval)
    said = f"{best.name} is the most accurate ({text.label(best.y.card, k)} {value})" if best.y.value else NO_HIT
    if _is_invention(shown):
        worst, verb = max(shown, key=lambda point: point.x.value or 0.0), "invents most"
    else:
        worst, verb = min(shown, key=lambda point: point.x.value or 0.0), "delivers least"
        said = f"No run invents items. {said}"
        if worst.x.value == max(point.x.value or 0.0 for point in shown):
            return f"{said}; all deliver alike."
    share = text.value(worst.x.value, worst.x.card, worst.x.interval)
    who = " and" if worst is best and best.y.value else f"; {worst.name}"
    return f"{said}{who} {verb} ({share} of {text.whole(worst.x.card)})."


def findings(found: Headline) -> list[FindingLine]:
    """Return all findings, worst first, each with the audit that made it."""
    made_by = {
        id(section): result.audit
        for result in found.answers
        for section in result.sections
        if isinstance(section, Finding)
    }
    return [
        FindingLine(
            mark=_MARKS[finding.severity],
            severity=str(finding.severity),
            title=finding.title,
            detail=finding.detail,
            audit=made_by.get(id(finding), ""),
            run_id=finding.run_id,
            measure=finding.measure,
            request_id=finding.request_ids[0] if finding.request_ids else None,
        )
        for finding in found.findings
    ]


def _is_invention(shown: Sequence[Point]) -> bool:
    return any(point.x.name == "out_of_catalogue_share" for point in shown)


def mark(severity: Severity) -> str:
    """Return the sign of a severity."""
    return _MARKS[severity]


def _listed(found: Sequence[Finding]) -> str:
    shown = "; ".join(finding.title.rstrip(".") for finding in found[:_ANSWER_FINDINGS])
    more = len(found) - _ANSWER_FINDINGS
    return f"{shown}{f'; and {more} more' if more > 0 else ''}."


def _best(found: Headline, cohort: Cohort) -> str:
    ranked = _measured(found.runs, lambda line: line.accuracy)
    if not ranked:
        return ""
    best, accuracy = max(ranked, key=_value)
    if not accuracy.value:
        return f"{NO_HIT}."
    value = text.value(accuracy.value, accuracy.card, accuracy.interval)
    bounds = text.interval_text(accuracy.interval, accuracy.card)
    name = text.label(accuracy.card, cohort.k)
    said = f"{name} {value}{f' ({bounds})' if bounds else ''}"
    return f"{cohort.name(best.run.run_id)} {'ranks best:' if len(ranked) > 1 else 'reaches'} {said}."


def _tile(
    label: str,
    lines: Sequence[RunHeadline],
    pick: Callable[[RunHeadline], Measure | None],
    choose: Callable[..., tuple[RunHeadline, Measure]],
    reference: RunHeadline | None,
    cohort: Cohort,
) -> Tile | None:
    known = _measured(lines, pick)
    if not known:
        return None
    line, measure = choose(known, key=_value)
    other = pick(reference) if reference is not None and reference is not line else None
    delta = None
    if other is not None and other.value is not None and measure.value is not None:
        shown = text.difference(measure.value - other.value, measure.card, measure.interval)
        delta = f"{shown} vs {text.markdown(cohort.name(reference.run.run_id))}" if reference is not None else None
    basis = text.interval_text(measure.interval, measure.card)
    n = text.count(measure.n, measure.n_unit.rstrip("s"))
    return Tile(
        label=label.format(label=text.label(measure.card, cohort.k)),
        value=text.value(measure.value, measure.card, measure.interval),
        delta=delta,
        delta_colour="off" if _may_be_chance(measure, other) else _colour(measure.card),
        run=cohort.name(line.run.run_id),
        basis=f"{basis}, {n}" if basis else n,
        card=measure.card,
    )


def _measured(
    lines: Sequence[RunHeadline], pick: Callable[[RunHeadline], Measure | None]
) -> list[tuple[RunHeadline, Measure]]:
    """Return the runs in which a measure has a value, each with it."""
    return [(line, measure) for line in lines if (measure := pick(line)) is not None and measure.value is not None]


def _value(pair: tuple[RunHeadline, Measure]) -> float:
    return pair[1].value or 0.0


def _invention(lines: Sequence[RunHeadline], reference: RunHeadline | None, cohort: Cohort) -> Tile | None:
    """Return the run that invents most; where none invents, no run is named for it."""
    known = [measure for _, measure in _measured(lines, lambda line: line.invented)]
    if not known or any(measure.value for measure in known):
        return _tile("Most invented items", lines, lambda line: line.invented, max, reference, cohort)
    return Tile(
        label="Most invented items",
        value="none",
        run="no run invents",
        basis=f"{text.count(sum(measure.n for measure in known), 'item')} named by {text.count(len(known), 'run')}",
        card=known[0].card,
    )


def _accuracy(lines: Sequence[RunHeadline], reference: RunHeadline | None, cohort: Cohort) -> Tile | None:
    """Return the run that ranks best; where none has a hit, no run is named for it."""
    known = [measure for _, measure in _measured(lines, lambda line: line.accuracy)]
    if not known or any(measure.value for measure in known):
        return _tile("Best {label}", lines, lambda line: line.accuracy, max, reference, cohort)
    return Tile(
        label=f"Best {text.label(known[0].card, cohort.k)}",
        value=text.value(0.0, known[0].card),
        run="no run has a hit",
        basis=f"at most {text.count(max(measure.n for measure in known), 'user')} a run",
        card=known[0].card,
    )


def _gap(lines: Sequence[RunHeadline], cohort: Cohort) -> Tile | None:
    known = [(line, line.widest_gap) for line in lines if line.widest_gap is not None]
    if not known:
        return None
    line, breakdown = max(known, key=lambda pair: pair[1].gap or 0.0)
    sufficient = [g for g in breakdown.groups if g.sufficient and not g.suppressed and g.value is not None]
    if breakdown.gap is None or not sufficient:
        return None
    worst = min(sufficient, key=lambda group: group.value or 0.0)
    return Tile(
        label=f"Widest gap by {' and '.join(a.replace('_', ' ') for a in breakdown.attributes)}",
        value=text.difference(-breakdown.gap, breakdown.card, breakdown.gap_interval).replace("+", ""),
        run=cohort.name(line.run.run_id),
        basis=f"{breakdown.card.label}, lowest: {', '.join(worst.labels)}, {text.count(worst.n, 'user')}",
        card=breakdown.card,
    )


def _no_gap(found: Headline, lines: Sequence[RunHeadline]) -> Tile | None:
    """Say that groups were compared and nothing can be told; None where they were not, or there is no utility."""
    cards = [line.accuracy.card for line in lines if line.accuracy is not None]
    judged = any(isinstance(section, Breakdown) for answer in found.answers if answer.audit == _FAIRNESS
                 for section in answer.sections)  # fmt: skip
    if not judged or not cards:
        return None
    return Tile(
        label="Widest gap between groups",
        value="not told",
        run="insufficient evidence",
        basis="no attribute has two groups of enough users",
        card=cards[0],
    )


def _may_be_chance(measure: Measure, other: Measure | None) -> bool:
    """Return whether the reference's value lies within the interval of a value, so that neither is better or worse."""
    inside, value = measure.interval, other.value if other is not None else None
    return inside is not None and value is not None and inside.low <= value <= inside.high


def _colour(card: Card) -> Colour:
    match card.direction:
        case Direction.HIGHER:
            return "normal"
        case Direction.LOWER:
            return "inverse"
        case Direction.NEITHER:
            return "off"
