"""What the fairness audit answers over all its breakdowns, and what it says it left out."""

from __future__ import annotations

from collections.abc import Mapping

from audits.evidence import Evidence
from audits.fairness_sections import is_certain, judged_groups, named
from audits.group_cells import MAX_ATTRIBUTES
from audits.metrics.catalogue import find_metrics
from audits.results import Breakdown, Finding, Severity
from audits.scope import label_of
from audits.wording import estimate_text, value_text


def answer(evidence: Evidence, utility: list[Breakdown], everything: list[Breakdown], alpha: float) -> str:
    """Answer by the widest gap of the utility, and say how many other gaps are not down to chance."""
    others = [b for b in everything if b.card.name != utility[0].card.name and is_certain(b, alpha)]
    names = ", ".join(dict.fromkeys(b.card.label for b in others))
    more = f" Beside it, {len(others)} gaps of other measures are not down to chance: {names}." if others else ""
    judged = [b for b in utility if b.gap is not None]
    if not judged:
        return f"Insufficient evidence: no attribute has two groups with enough users to be compared.{more}"
    certain = [b for b in judged if is_certain(b, alpha)]
    widest = max(certain or judged, key=lambda b: b.gap or 0.0)
    worst, best, card = judged_groups(widest)[0], judged_groups(widest)[-1], widest.card
    found = (
        f"By {' and '.join(widest.attributes)}, {label_of(evidence.run(widest.run_id))} gives {named(worst)} "
        f"{card.label} {value_text(card, worst.value, worst.interval)} (n = {worst.n:,}) and {named(best)} "
        f"{value_text(card, best.value, best.interval)} (n = {best.n:,}): gap "
        f"{estimate_text(card, widest.gap, widest.gap_interval)}"
    )
    if certain:
        return f"{found}, the widest of {len(certain)} gaps that chance does not explain.{more}"
    return f"{found}, the widest; chance may explain every gap, which is not the same as being fair.{more}"


def left_out(
    evidence: Evidence,
    attributes: tuple[str, ...],
    too_fine: Mapping[str, int],
    metrics: Mapping[str, frozenset[str]],
) -> list[Finding]:
    """Say which attributes were not looked at (`too_fine`: with their values), which metrics not taken, and why."""
    found = []
    if attributes:
        title = f"Not looked at: {', '.join(attributes)}"
        detail = f"At most {MAX_ATTRIBUTES} attributes are taken at a time; name those that matter with --by."
        found.append(Finding(severity=Severity.INFO, title=title, detail=detail, run_id=evidence.run_ids[0]))
    if too_fine:
        title, detail = f"Not looked at: {', '.join(too_fine)}", too_fine_text(too_fine)
        found.append(Finding(severity=Severity.INFO, title=title, detail=detail, run_id=evidence.run_ids[0]))
    for name, missing in metrics.items():
        title = f"Not taken: {find_metrics()[name].card.label}"
        detail = f"The log holds no {', '.join(sorted(missing))}.".replace("_", " ")
        found.append(Finding(severity=Severity.INFO, title=title, detail=detail, run_id=evidence.run_ids[0]))
    return found


def too_fine_text(too_fine: Mapping[str, int]) -> str:
    """Say how many values attributes have that are left out for it, and how they are taken all the same."""
    values = ", ".join(f"{name} has {n:,} different values" for name, n in too_fine.items())
    return f"{values}: too many groups to compare. Name it with --by, or set fairness.max_values higher."
