"""The contract of an audit: thresholds as fields, a question, what it needs, and `run(evidence)`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from audits.evidence import Evidence
from audits.results import AuditResult, Card, NotApplicable


class Topic(StrEnum):
    """The question that an audit helps to answer, in the order in which people ask them."""

    REAL = "Is it real?"
    REASON = "Is the reason true?"
    REASONING = "Does the reasoning matter?"
    SERVED = "Who is served worse?"
    ASKING = "Does who asks change it?"
    QUALITY = "How good, how varied, at what cost, for how long?"
    PRIVACY = "What does it give away?"
    OTHER = "What else?"


class Audit(ABC):
    """One audit over one or more runs. Subclasses are frozen dataclasses whose fields are their thresholds.

    A new audit is one file in `audits.checks`; it appears in the command line, the dashboard and the report by itself.
    """

    name: ClassVar[str]  # stable key: "accuracy"
    title: ClassVar[str]  # "Accuracy"
    question: ClassVar[str]  # "Which run ranks best?"
    version: ClassVar[int]
    needs: ClassVar[
        frozenset[str]
    ]  # of evidence: "targets", "user_attributes", "rationales", "steps", "paths", "reference", ...
    clauses: ClassVar[tuple[str, ...]] = ()  # rules that it serves, for the evidence pack
    source: ClassVar[str] = ""
    section: ClassVar[str] = ""  # letter in the list of metrics, A to J; empty: none of them
    topic: ClassVar[Topic] = Topic.OTHER  # what pages and reports list it under
    leads: ClassVar[tuple[str, ...]] = ()  # keys of the measures to be looked at first; empty: its first ones
    shows: ClassVar[tuple[str, ...]] = ()  # metrics of `audits.metrics` that it takes beside those a setting names
    takes_any_metric: ClassVar[bool] = False  # looks at metrics of other sections, which it does not claim
    cards: ClassVar[tuple[Card, ...]] = ()  # of measures of its own, apart from those of `audits.metrics`
    routine: ClassVar[bool] = True  # run unasked, and read by the Overview; False: when named, or with all others
    derives: ClassVar[tuple[str, ...]] = ()  # rows of `audits.derivations` that must be up to date before it runs

    def derive_options(self) -> Mapping[str, str]:
        """Return how its derived rows are to be made; an empty value: as they were made, if they were."""
        return {}

    @abstractmethod
    def run(self, evidence: Evidence) -> AuditResult | NotApplicable:
        """Judge the runs of `evidence`; return NotApplicable with a reason where they cannot be judged."""
