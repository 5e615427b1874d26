"""A finding is of high severity only where the whole interval lies beyond the limit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from audits.measuring import severity_above, severity_below
from audits.results import Interval, Measure, Severity
from tests.audits.section_examples import CARD

BARE = Measure(card=CARD, run_id="r", value=0.3, n=3)


def between(low: float, high: float) -> Interval:
    return Interval(low=low, high=high, level=0.95, method="by hand")


@pytest.mark.parametrize(
    ("measure", "above", "below"),
    [
        (replace(BARE, interval=between(0.25, 0.4)), Severity.HIGH, Severity.LOW),
        (replace(BARE, interval=between(0.1, 0.6)), Severity.MEDIUM, Severity.LOW),
        (BARE, Severity.MEDIUM, Severity.LOW),  # of so few that there is no interval
        (replace(BARE, value=0.1, interval=between(0.05, 0.15)), Severity.LOW, Severity.HIGH),
        (replace(BARE, value=0.1, interval=between(0.0, 0.5)), Severity.LOW, Severity.MEDIUM),
        (replace(BARE, value=0.2), Severity.LOW, Severity.LOW),
        (replace(BARE, value=None), Severity.LOW, Severity.LOW),
    ],
)
def test_severity_follows_the_interval(measure: Measure, above: Severity, below: Severity):
    assert (severity_above(measure, 0.2), severity_below(measure, 0.2)) == (above, below)
