"""Runs side by side on the same users: what each is worth, and how sure the difference from the first is."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

from audits.comparability import obstacles
from audits.comparison import Testing, compare_runs
from audits.evidence import Evidence
from audits.measuring import Lists, measure
from audits.metrics.catalogue import find_list_metric, find_metric
from audits.results import AuditResult, Comparison, NotApplicable
from audits.scope import label_of
from audits.wording import count_text, interval_text, p_text, value_text

QUESTION = "How do the runs compare on the same users?"
NAME = "compare"


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide:
    """What is compared and tested (accuracy), and what is only shown beside it."""

    compared: tuple[str, ...] = ("ndcg", "recall", "hit_rate")
    shown: tuple[str, ...] = ("delivered_share", "out_of_catalogue_share", "coverage", "gini")
    testing: Testing = field(default_factory=Testing)
    lists: Lists = field(default_factory=Lists)


def side_by_side(evidence: Evidence, how: SideBySide | None = None) -> AuditResult | NotApplicable:
    """Compare the runs of the evidence with its first (or its reference), on the users that all of them answered.

    Runs under different conditions are refused, with every difference said.
    """
    how = how or SideBySide()
    reference_id = evidence.reference_run_id or evidence.run_ids[0]
    reference = evidence.run(reference_id)
    refused = [
        f"{label_of(run)} ({run.run_id}) against {label_of(reference)}: {'; '.join(reasons)}."
        for run in evidence.runs
        if (reasons := obstacles(run, reference, how.lists.k))
    ]
    common = evidence.on_common_users(*evidence.run_ids)
    n_users = common.run(reference_id).n_users
    if "targets" not in evidence.available:
        refused.append("The log holds no held-out items to compare the lists with.")
    elif not n_users:
        refused.append("No user was asked for in all of these runs.")
    if refused:
        reason = "These runs cannot be compared. " + " ".join(refused)
        return NotApplicable(audit=NAME, question=QUESTION, run_ids=evidence.run_ids, reason=reason)
    metrics = [find_list_metric(name) for name in how.compared]
    comparisons = compare_runs(common, metrics, evidence.run_ids, reference_id, how.testing, how.lists)
    measured = [*metrics, *(find_metric(name) for name in how.shown)]
    return AuditResult(
        audit=NAME,
        version=1,
        question=QUESTION,
        run_ids=evidence.run_ids,
        answer=_answer(evidence, comparisons, n_users),
        sections=(
            *(m for metric in measured for m in measure(common, metric, how.testing.how, how.lists)),
            *comparisons,
        ),
        settings=_settings(how, reference_id, n_users),
    )


def _settings(how: SideBySide, reference_id: str, n_users: int) -> tuple[tuple[str, str], ...]:
    plain = {**dataclasses.asdict(how.testing), **dataclasses.asdict(how.lists)}
    resampling = plain.pop("how")
    facts = {"reference": reference_id, "n_common_users": n_users, **plain, **resampling}
    return tuple((name, str(value)) for name, value in facts.items())


def _answer(evidence: Evidence, comparisons: tuple[Comparison, ...], n_users: int) -> str:
    main = [c for c in comparisons if c.card.name == comparisons[0].card.name] if comparisons else []
    said = [
        f"{label_of(evidence.run(c.run_id))}: {c.verdict}"
        + (
            f" by {value_text(c.card, abs(c.difference), c.interval)}"
            if c.verdict in ("higher", "lower") and c.difference is not None
            else f", difference {value_text(c.card, c.difference, c.interval)}"
        )
        + f" ({interval_text(c.card, c.interval) or 'no interval'}, {p_text(c.p_value)})"
        for c in main
    ]
    if not said:
        return f"There is one run only, over {count_text(n_users, 'users')}."
    reference = label_of(evidence.run(main[0].reference_run_id))
    return f"{main[0].card.label} against {reference} on {n_users:,} common users: {'; '.join(said)}."
