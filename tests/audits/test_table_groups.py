"""Tables of one kind are shown one at a time, under what their titles have in common."""

from __future__ import annotations

from audits.results import Table
from audits.table_groups import alike, shared_title


def table(title: str, *columns: str) -> Table:
    return Table(title=title, columns=columns, rows=())


def test_the_shared_title_has_an_ellipsis_where_titles_differ():
    assert shared_title(["What a b claims, by kind", "What c claims, by kind"]) == (
        "What … claims, by kind", ("a b", "c"),
    )  # fmt: skip
    assert shared_title(["Disparity by age band", "Disparity by plan"]) == ("Disparity by …", ("age band", "plan"))
    assert shared_title(["Lists of a, by age", "Lists of b c, by age"]) == ("Lists of …, by age", ("a", "b c"))
    assert shared_title(["Alone"]) == ("Alone", ("Alone",))


def test_neighbours_of_one_kind_are_together_and_others_apart():
    by_age = table("Disparity of category by age", "age", "share")
    by_plan = table("Disparity of category by plan", "plan", "share")
    texts = table("Most often said by a", "text", "share")
    more = table("Disparity of category by region", "region", "share")
    wider = table("Disparity of category by place", "place", "town")
    assert alike([by_age, by_plan, texts, more, wider]) == [[by_age, by_plan], [texts], [more], [wider]]


def test_tables_of_the_same_title_stay_apart():
    one = table("What a claims, by kind", "kind", "n")
    assert alike([one, one]) == [[one], [one]]
    assert alike([]) == []
