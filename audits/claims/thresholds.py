"""From which probability on a classifier's word is a verdict on a claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from audits.errors import AuditError

THRESHOLDS = ("judge_supported", "judge_contradicted", "judge_unverifiable")  # settings and options, by verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Least probabilities of entailment, contradiction and neither; each above 0.5, so that a window reaches one.

    Raises:
        AuditError: one is out of range.
    """

    supported: float = 0.8
    contradicted: float = 0.8
    unverifiable: float = 0.8

    def __post_init__(self) -> None:
        """Check them."""
        for name, value in zip(THRESHOLDS, (self.supported, self.contradicted, self.unverifiable), strict=True):
            if not 0.5 < value <= 1.0:
                raise AuditError(f"claims.{name} is {value:g}; expected a probability above 0.5 and at most 1.")


def read_thresholds(options: Mapping[str, str]) -> Thresholds:
    """Return the thresholds that options name, defaults for the others.

    Raises:
        AuditError: one is no number, or out of range.
    """
    given = {name.removeprefix("judge_"): options[name] for name in THRESHOLDS if options.get(name)}
    try:
        return Thresholds(**{name: float(value) for name, value in given.items()})
    except ValueError as error:
        raise AuditError(f"A threshold of claims.judge is no number: {error}.") from error
