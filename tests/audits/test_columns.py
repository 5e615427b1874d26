"""Tables of evidence: names in words, thousands apart, one precision a column."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.columns import cell_text, column_of, columns_of, header_text, number_text
from audits.results import Table


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("n_claims", "claims"), ("slot_rank", "rank"), ("run_id", "run"), ("age_band", "age band"), ("auc", "AUC"),
        ("SERP* raw", "SERP* raw"),
    ],
)  # fmt: skip
def test_names_are_words(name, said):
    assert header_text(name) == said


def written(name, *cells):
    column = column_of(name, cells)
    return [cell_text(cell, column) for cell in cells]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ((12345, 7, None), ["12,345", "7", "–"]),
        ((0.5, 0.25, 0.0312), ["0.5000", "0.2500", "0.0312"]),
        ((0.5, 0.25), ["0.50", "0.25"]),
        ((1234.5678, 2.0), ["1,235", "2"]),
        ((12.3456, 0.5), ["12.35", "0.50"]),
        ((0.00012, 0.5), ["0.0001", "0.5000"]),
        ((0.00001, 0.5), ["0.00001", "0.50000"]),
        (("text", 1234), ["text", "1,234"]),
        ((True, False), ["yes", "no"]),
        ((math.pi,), ["3.142"]),
        ((0.0,), ["0"]),
        ((-0.0, 0.5), ["0.0", "0.5"]),
        ((70.1033, 0.0041, 0.0, -0.0041), ["70.10", "< 0.01", "0.00", "> -0.01"]),
        ((1500, 0.3), ["1,500", "< 1"]),
        ((1e-9,), ["< 0.000001"]),
        ((0.25, math.nan, math.inf, -math.inf), ["0.25", "NaN", "∞", "-∞"]),
        ((math.nan,), ["NaN"]),
        (("text", math.nan, math.inf), ["text", "NaN", "∞"]),
    ],
)
def test_numbers_of_a_column_have_one_precision(cells, said):
    assert written("value", *cells) == said


def test_years_are_not_grouped_and_relations_are_words():
    assert written("year", 1999) == ["1999"]
    assert written("relation", "film.film.has_genre") == ["film has genre"]
    assert written("detail", "a_b") == ["a_b"]


def test_the_printf_format_says_the_same():
    table = Table(title="T", columns=("n_times", "year", "share"), rows=((1234, 1999, 0.125),))
    assert [column.format for column in columns_of(table)] == ["%,.0f", "%.0f", "%,.3f"]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ((70.1033, 0.0041, 0.0), "%,.3f"),
        ((1500, 0.3), "%,.1f"),
        ((1500, -0.00001), "%.5g"),
        ((0.25, math.nan, math.inf), "%,.2f"),
        (("text", 0.001), ""),
    ],
)
def test_no_number_of_a_widget_reads_as_zero_but_zero(cells, said):
    assert column_of("value", cells).format == said


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=5))
def test_only_zero_reads_as_zero(numbers):
    column = column_of("value", numbers)
    for number in numbers:
        assert (cell_text(number, column).strip("0.") == "") == (number == 0)
        assert number == 0 or float(column.format.replace(",", "") % number) != 0


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=5))
def test_no_number_is_told_wrong_by_more_than_its_last_digit(numbers):
    column = column_of("value", numbers)
    for number in numbers:
        said = cell_text(number, column)
        told = float(said.lstrip("<> ").replace(",", ""))
        most = 1.0 if said[0] in "<>" else 0.5
        assert abs(told - number) <= most * 10.0 ** -(column.decimals or 0) + 1e-9 * abs(number)


def test_a_number_by_itself():
    assert number_text(1234.0) == "1,234"
    assert number_text(0.031) == "0.031"
