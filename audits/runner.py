"""Run audits over evidence. The one place of this layer where a crash is caught, and turned into a record."""

from __future__ import annotations

import dataclasses
import logging
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

from audits.audit import Audit
from audits.cohorts import cohort_refusal
from audits.derivations import DERIVATIONS, Progress, bring_up_to_date, no_progress
from audits.discovery import find_audit, routine_audits
from audits.errors import AuditError
from audits.evidence import Evidence
from audits.results import AuditFailure, AuditOutcome, AuditResult, NotApplicable
from audits.settings import configured, settings_of
from engine.errors import EngineError
from engine.runlog.index import RunLog

Settings = Mapping[str, Mapping[str, object]]

_NEEDED = {
    "targets": "held-out items to compare the lists with",
    "ratings": "held-out items with ratings",
    "user_attributes": "user attributes to form groups by",
    "items": "the catalogue's items",
    "item_labels": "labels of the items (creators, categories)",
    "training": "the interactions that the recommenders learned from",
    "slots": "requested slots and what became of them",
    "steps": "steps of reasoning",
    "rationales": "rationales",
    "claims": "claims taken from rationales",
    "paths": "knowledge paths",
    "attributions": "attributions",
    "generations": "calls of a language model",
    "reference": "a reference run (name one with --reference)",
}


def prepare_audits(
    log: RunLog,
    run_ids: Sequence[str],
    names: Sequence[str] | None = None,
    settings: Settings | None = None,
    progress: Progress = no_progress,
    *,
    takes_long: bool = True,
) -> dict[str, str]:
    """Derive what the audits named, else the routine ones, rest on. Before `log.connect()`, never within it.

    With `takes_long` False, what takes long is left as it is: an audit then judges what there is.
    Returns what could not be derived, with the error; hand it to `run_audits`.

    Raises:
        AuditError: an audit or a setting does not exist, or a value does not fit.
    """
    wanted: dict[str, dict[str, str]] = {}
    for audit in _chosen(names, settings):
        for name in audit.derives:
            wanted.setdefault(name, {}).update({k: v for k, v in audit.derive_options().items() if v})
    failed = {}
    for name, options in wanted.items():
        if DERIVATIONS[name].takes_long and not takes_long:
            continue
        try:
            bring_up_to_date(log, run_ids, name, options, progress)
        except (AuditError, EngineError) as error:
            failed[name] = str(error)
        except Exception as error:
            logging.getLogger(__name__).exception("Deriving %s crashed", name)
            failed[name] = _said(error)
    return failed


def run_audits(
    evidence: Evidence,
    names: Sequence[str] | None = None,
    settings: Settings | None = None,
    not_derived: Mapping[str, str] | None = None,
) -> list[AuditOutcome]:
    """Run the audits named, else the routine ones, in the order of their sections, and return one outcome each.

    `settings` is audit -> setting -> value. An audit whose needs are not met gives NotApplicable; one that crashes
    gives AuditFailure, and the others still run; so does one that rests on what could not be derived (`not_derived`).

    Raises:
        AuditError: an audit or a setting does not exist, or a value does not fit. Said before anything runs.
    """
    made = _chosen(names, settings)
    refusal = cohort_refusal(evidence)
    if refusal:
        return [NotApplicable(**_head(audit, evidence), reason=refusal) for audit in made]
    lacking = not_derived or {}
    errors = [" ".join(lacking[name] for name in audit.derives if name in lacking) for audit in made]
    return [
        AuditFailure(**_head(audit, evidence), error=error) if error else run_audit(audit, evidence)
        for audit, error in zip(made, errors, strict=True)
    ]


def _chosen(names: Sequence[str] | None, settings: Settings | None) -> list[Audit]:
    chosen = [find_audit(name) for name in names or routine_audits()]
    for name in settings or {}:
        find_audit(name)
    return [configured(audit, (settings or {}).get(audit.name)) for audit in chosen]


def run_audit(audit: Audit, evidence: Evidence) -> AuditOutcome:
    """Run one audit; unmet needs and crashes become outcomes."""
    try:
        missing = sorted(audit.needs - evidence.available)
        if missing:
            what = "; ".join(_NEEDED.get(need, need) for need in missing)
            return NotApplicable(**_head(audit, evidence), reason=f"The log holds no {what}.")
        outcome = audit.run(evidence)
    except AuditError as error:
        return AuditFailure(**_head(audit, evidence), error=str(error))
    except Exception as error:
        logging.getLogger(__name__).exception("The audit %s crashed", audit.name)
        return AuditFailure(**_head(audit, evidence), error=_said(error))
    if isinstance(outcome, AuditResult) and not outcome.settings:
        return dataclasses.replace(outcome, settings=settings_of(audit))
    return outcome


def _head(audit: Audit, evidence: Evidence) -> dict:
    return {"audit": audit.name, "question": audit.question, "run_ids": evidence.run_ids}


def _said(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(frame.filename).name}, line {frame.lineno})"
