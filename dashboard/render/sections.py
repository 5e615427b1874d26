"""An audit's sections sorted by kind, each kind once. A new kind of section does not type-check until it is handled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import assert_never

from audits.results import Breakdown, Comparison, Finding, Measure, PathExample, Section, Table, Waterfall


@dataclass(kw_only=True)
class Sections:
    """The sections of one audit, in their order."""

    measures: list[Measure] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    breakdowns: list[Breakdown] = field(default_factory=list)
    waterfalls: list[Waterfall] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    paths: list[PathExample] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def measures_by_card(self) -> dict[str, list[Measure]]:
        """Return the measures by their card's key."""
        by_card: dict[str, list[Measure]] = {}
        for measure in self.measures:
            by_card.setdefault(measure.name, []).append(measure)
        return by_card


def sort(sections: Sequence[Section]) -> Sections:
    """Sort sections by kind."""
    sorted_ = Sections()
    for section in sections:
        match section:
            case Measure():
                sorted_.measures.append(section)
            case Comparison():
                sorted_.comparisons.append(section)
            case Breakdown():
                sorted_.breakdowns.append(section)
            case Waterfall():
                sorted_.waterfalls.append(section)
            case Table():
                sorted_.tables.append(section)
            case PathExample():
                sorted_.paths.append(section)
            case Finding():
                sorted_.findings.append(section)
            case _:
                assert_never(section)
    return sorted_
