"""Display labels are unique, on one line, and no longer than they must be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.records import Item
from engine.titles import label_key, unique_labels

TITLES = st.sampled_from(["Dune", "dune!", "Heat", "Ran", "  Ran ", "A\nB", "A B", "東京", "!!!", ""])


def test_only_what_could_be_confused_is_qualified() -> None:
    items = [
        Item(item_id="1", title="Dune", domain="film", year=1984),
        Item(item_id="2", title="Dune", domain="film", year=2021),
        Item(item_id="3", title="Dune", domain="book", year=1965),
        Item(item_id="4", title="Ran"),
    ]
    assert unique_labels(items) == {"1": "Dune (film, 1984)", "2": "Dune (film, 2021)", "3": "Dune (book)", "4": "Ran"}


@given(st.lists(st.tuples(TITLES, st.sampled_from(["", "film", "book"]), st.sampled_from([None, 1984, 2021]))))
def test_labels_are_unique_and_on_one_line(rows) -> None:
    items = [Item(item_id=f"i{i}", title=t, domain=d, year=y) for i, (t, d, y) in enumerate(rows)]
    labels = unique_labels(items)
    assert len({label_key(label) for label in labels.values()}) == len(items)
    assert not any("\n" in label for label in labels.values())
