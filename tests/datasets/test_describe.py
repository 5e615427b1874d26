"""The quality report against counts made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.datasets.describe import describe, gini
from engine.datasets.importing import ImportOptions


class TestGini:
    @pytest.mark.parametrize(
        ("counts", "value"),
        [([1, 1, 1, 1], 0.0), ([0, 0, 0, 4], 0.75), ([1, 3], 0.25), ([0, 1, 2, 3], 5 / 12), ([5], 0.0)],
    )
    def test_examples(self, counts, value):
        assert gini(np.array(counts)) == pytest.approx(value)

    def test_without_counts_there_is_none(self):
        assert gini(np.array([], dtype=int)) is None
        assert gini(np.zeros(3)) is None

    @settings(deadline=None, max_examples=60)
    @given(st.lists(st.integers(0, 50), min_size=1, max_size=20).filter(any))
    def test_equals_mean_difference_by_definition(self, counts):
        x = np.array(counts)
        expected = np.abs(x[:, None] - x[None, :]).sum() / (2 * len(x) ** 2 * x.mean())
        assert gini(x) == pytest.approx(expected, abs=1e-12)


def test_figures_of_the_small_files(import_files):
    quality = import_files().quality
    assert (quality.n_users, quality.n_items, quality.n_interactions) == (3, 3, 5)
    assert quality.density == pytest.approx(5 / 9)
    assert quality.popularity_gini == pytest.approx((-2 * 1 + 0 * 2 + 2 * 2) / (3 * 5))  # counts 1, 2, 2
    assert (quality.users_without_interactions, quality.items_without_interactions) == (1, 0)
    assert quality.tied_interactions == 4
    assert quality.time_unit_seconds == 1
    assert (quality.rating_min, quality.rating_max, quality.rating_values) == (3.5, 5.0, 3)
    assert (quality.first_at, quality.last_at) == (1700000100, 1700000300)
    missing = {(column.table, column.column): column.missing for column in quality.missing}
    assert missing["interactions", "rating"] == 2
    assert missing["users", "gender"] == 1
    assert missing["items", "categories"] == 1


def test_counts_what_an_import_would_have_refused(import_files):
    import dataclasses

    dataset = import_files().dataset
    rows = dataset.interactions.copy()
    rows.loc[1] = rows.loc[0]
    rows.loc[2, "item_id"] = "gone"
    rows.loc[3, "user_id"] = "gone"
    report = describe(dataclasses.replace(dataset, interactions=rows), now=1700000200)
    assert (report.duplicate_interactions, report.repeated_pairs) == (1, 1)
    assert (report.unknown_item_ids, report.unknown_user_ids) == (1, 1)
    assert report.future_timestamps == 2
    severe = {finding.check for finding in report.findings if finding.severity == "high"}
    assert severe == {"unknown users", "unknown items", "future timestamps"}


def test_numbers_that_are_no_times_are_noticed(import_files):
    text = "user_id,item_id,timestamp\nu1,i1,1\nu1,i2,2\n"
    checks = {finding.check for finding in import_files(interactions=text).quality.findings}
    assert "timestamps before 1973" in checks


def test_days_are_noticed(import_files):
    text = "user_id,item_id,timestamp\nu1,i1,2024-01-01\nu1,i2,2024-01-02\n"
    quality = import_files(ImportOptions(now=2_000_000_000), interactions=text).quality
    assert quality.time_unit_seconds == 86_400
    assert any("exact to the day only" in finding.message for finding in quality.findings)


def test_attributes_that_are_no_groups_are_noticed(import_files):
    users = "user_id,zip\n" + "".join(f"u{n},{n}\n" for n in range(1, 80))
    checks = {finding.check for finding in import_files(users=users).quality.findings}
    assert "labels of zip" in checks
    bare = {finding.check for finding in import_files(name="bare", users=None).quality.findings}
    assert "no group attributes" in bare
