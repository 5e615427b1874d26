"""What a data-quality report should make a person stop at. Thresholds stand here, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from engine.datasets.quality import QualityFinding, QualityReport

_LOW_TIME = 100_000_000  # 1973-03-03: behaviour before it is most likely an order or a day number, not a time
_TIED_SHARE = 0.2  # above it, what counts as a user's last interaction rests on file order for many
_UNKNOWN_SHARE = 0.05  # a group attribute that more users lack cannot speak for all of them
_LABELS_MAX = 50  # an attribute with more labels splits people into groups too small to compare
_SEVERITIES = ("high", "medium", "low", "info")


def findings_of(report: QualityReport, users: pd.DataFrame) -> tuple[QualityFinding, ...]:
    """Return what stands out, the most severe first."""
    found = [*_rows(report), *_times(report), *_reach(report), *_attributes(users)]
    return tuple(sorted(found, key=lambda finding: _SEVERITIES.index(finding.severity)))


def _finding(check: str, severity: str, count: int, message: str) -> Iterator[QualityFinding]:
    if count:
        yield QualityFinding(check=check, severity=severity, message=message, count=count)


def _rows(report: QualityReport) -> Iterator[QualityFinding]:
    rejected = sum(table.rejected for table in report.imported)
    read = sum(table.read for table in report.imported)
    yield from _finding(
        "rejected rows", "high", rejected, f"{rejected:,} of {read:,} rows were refused at the import; see rejects.csv."
    )
    yield from _finding(
        "unknown users",
        "high",
        report.unknown_user_ids,
        f"{report.unknown_user_ids:,} interactions name a user that the user table does not have.",
    )
    yield from _finding(
        "unknown items",
        "high",
        report.unknown_item_ids,
        f"{report.unknown_item_ids:,} interactions name an item that the catalogue does not have.",
    )
    duplicates = report.duplicate_interactions
    yield from _finding(
        "duplicates", "medium", duplicates, f"{duplicates:,} interactions repeat another: same user, item and second."
    )
    yield from _finding(
        "repeated items",
        "info",
        report.repeated_pairs,
        f"{report.repeated_pairs:,} user-item pairs occur more than once: consumption repeats here.",
    )


def _times(report: QualityReport) -> Iterator[QualityFinding]:
    future = report.future_timestamps or 0
    yield from _finding("future timestamps", "high", future, f"{future:,} interactions lie in the future.")
    if report.last_at is not None and report.last_at < _LOW_TIME:
        yield from _finding(
            "timestamps before 1973",
            "high",
            report.n_interactions,
            "All timestamps lie before 1973: they look like an order or a day number, not like seconds since 1970.",
        )
    if report.time_unit_seconds is not None and report.time_unit_seconds >= 3_600:
        unit = "day" if report.time_unit_seconds == 86_400 else "hour"
        message = f"Timestamps are exact to the {unit} only: order within it is the file's."
        yield from _finding("coarse timestamps", "medium", report.n_interactions, message)
    tied = report.tied_interactions
    if tied > _TIED_SHARE * report.n_interactions:
        share = tied / report.n_interactions
        message = f"{share:.0%} of interactions share user and second with another: their order is the file's."
        yield from _finding("tied timestamps", "medium", tied, message)


def _reach(report: QualityReport) -> Iterator[QualityFinding]:
    items, users = report.items_without_interactions, report.users_without_interactions
    yield from _finding("items without interactions", "low", items, f"{items:,} items have no interaction (cold).")
    yield from _finding("users without interactions", "low", users, f"{users:,} users have no interaction.")
    bare = next((m for m in report.missing if (m.table, m.column) == ("items", "categories")), None)
    if bare is not None:
        message = f"{bare.missing:,} of {bare.rows:,} items have no category."
        yield from _finding("items without categories", "low", bare.missing, message)


def _attributes(users: pd.DataFrame) -> Iterator[QualityFinding]:
    names = [str(column) for column in users.columns if column != "user_id"]
    if len(users) and not names:
        message = "Users have no group attribute: audits by group cannot be run."
        yield from _finding("no group attributes", "medium", len(users), message)
    for name in names:
        values = users[name]
        unknown, labels = int(np.count_nonzero(values.isna())), len(values.dropna().unique())
        if unknown > _UNKNOWN_SHARE * len(users):
            message = f"{name} is unknown for {unknown:,} of {len(users):,} users ({unknown / len(users):.0%})."
            yield from _finding(f"unknown {name}", "medium", unknown, message)
        if labels > _LABELS_MAX:
            message = f"{name} has {labels:,} different labels: too many to be groups; leave it out or band it."
            yield from _finding(f"labels of {name}", "medium", labels, message)
