"""What a request's reasons claim, with verdicts: as last derived, and derived on demand."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from audits.claims.rules import read_rules
from audits.derivations import stale_runs
from audits.runner import prepare_audits
from dashboard.loaders import log
from dashboard.queries import named_query
from engine.home import Home

AUDIT = "claims"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    """One claim. `relation` empty: nothing that could be checked was read from the sentence."""

    slot_rank: int | None
    step_index: int | None  # None: it stands in a rationale
    sentence: str
    relation: str
    value: str
    subject: str  # the title that it is about, "the user", or empty: not known
    verdict: str
    evidence: str


def claims(run_id: str, request_id: str) -> tuple[ClaimLine, ...]:
    """Return the claims of a request, in the order of its texts; none where they have not been derived."""
    return _claims(log.home(), run_id, request_id, log.version((run_id,)))


def is_checked(run_id: str) -> bool:
    """Tell whether the claims of a run have been derived since its last record."""
    return _is_checked(log.home(), run_id, log.version((run_id,)))


def check(run_id: str) -> str | None:
    """Derive the claims of a run; returns why it could not be done, None where it was."""
    failed = prepare_audits(log.run_log(), [run_id], [AUDIT])
    return next(iter(failed.values()), None)


@st.cache_resource(max_entries=256, show_spinner=False)
def _claims(of_home: Home, run_id: str, request_id: str, at_version: str) -> tuple[ClaimLine, ...]:
    labels = {name: relation.label for name, relation in read_rules().relations.items()}
    with log.run_log().connect() as connection:
        rows = connection.execute(named_query("claims_of_request"), [run_id, request_id]).fetchall()
    return tuple(
        ClaimLine(
            slot_rank=rank, step_index=step if origin == "step" else None, sentence=sentence or "",
            relation=labels.get(relation, (relation or "").replace("_", " ")), value=value or "",
            subject="the user" if kind == "history" else subject or "", verdict=verdict,
            evidence=evidence or "",
        )
        for rank, origin, step, sentence, relation, value, verdict, evidence, kind, subject in rows
    )  # fmt: skip


@st.cache_resource(max_entries=256, show_spinner=False)
def _is_checked(of_home: Home, run_id: str, at_version: str) -> bool:
    return not stale_runs(log.run_log(), [run_id], AUDIT)
