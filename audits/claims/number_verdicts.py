"""Verdicts on numbers: year, price, age, stock, mean rating, how often an item was chosen."""

from __future__ import annotations

from audits.claims.records import Comparison, Finding, Known, Value, Verdict
from audits.claims.rules import Relation
from audits.claims.telling import finding_on, nothing_stated
from audits.claims.world import Stated, World

_ABOUT = 0.1  # "about 300" is right within a tenth


def number_verdict(item_id: str, relation: Relation, value: Value, world: World) -> Finding:
    """Judge a number that a column of the item's catalogue row holds."""
    held = getattr(world.items[item_id], relation.column)
    if held is None:
        return nothing_stated(item_id, relation, world)
    verdict = Verdict.SUPPORTED if _fits(float(held), value, relation) else Verdict.CONTRADICTED
    shown = (
        ("yes" if held else "no")
        if relation.name == "in_stock"
        else f"{held:g}"
        if isinstance(held, float)
        else str(held)
    )
    return finding_on(verdict, item_id, relation, [Stated(shown, "catalogue", relation.column)], world)


def _fits(held: float, value: Value, relation: Relation) -> bool:
    number = value.number if value.number is not None else float("nan")
    match value.comparison:
        case Comparison.BELOW:
            fits = held < number
        case Comparison.ABOVE:
            fits = held > number
        case Comparison.AT_MOST:
            fits = held <= number
        case Comparison.AT_LEAST:
            fits = held >= number
        case Comparison.WITHIN:
            fits = number <= held <= (value.upper if value.upper is not None else number)
        case Comparison.ABOUT:
            fits = abs(held - number) <= (2 if relation.name == "year" else _ABOUT * max(abs(held), 1.0))
        case Comparison.EQUAL:
            whole = relation.name == "price" and "." not in value.text
            fits = abs(held - number) < (0.5 if whole else 0.005)
    return fits


def average_verdict(item_id: str, value: Value, world: World) -> Finding:
    """Judge a mean rating, to the digits in which it is claimed."""
    relation = world.rules.relations["average_rating"]
    if item_id not in world.average_rating or value.number is None:
        return nothing_stated(item_id, relation, world)
    mean, n = world.average_rating[item_id]
    digits = len(value.text.partition(".")[2])
    fits = abs(mean - value.number) <= 0.5 * 10**-digits + 1e-9  # 4.25 is 4.2 as well as 4.3
    evidence = f"{world.label(item_id)}: mean of {n:,} ratings {mean:.2f}"
    verdict = Verdict.SUPPORTED if fits else Verdict.CONTRADICTED
    return Finding(verdict=verdict, evidence_kind="interactions", evidence=evidence, item_id=item_id)


def chosen_verdict(item_id: str, relation: Relation, value: Value, known: Known, world: World) -> Finding:
    """Judge how often an item was chosen in what the run learned from."""
    if known.times_chosen is None or value.number is None:
        return nothing_stated(item_id, relation, world)
    n = known.times_chosen.get(item_id, 0)
    verdict = Verdict.SUPPORTED if _fits(float(n), value, relation) else Verdict.CONTRADICTED
    evidence = f"{world.label(item_id)}: {n:,} interactions in the training period"
    return Finding(verdict=verdict, evidence_kind="interactions", evidence=evidence, item_id=item_id)
