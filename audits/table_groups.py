"""Tables of one kind, one a run or a grouping: which belong together, and what each is called among them."""

from __future__ import annotations

from collections.abc import Sequence

from audits.results import Table


def alike(tables: Sequence[Table], *, exactly: bool = False) -> list[list[Table]]:
    """Return the tables in their order, neighbours of one kind together: same columns, but for one, and title.

    With `exactly`, of a kind are tables with the same columns.
    """
    groups: list[list[Table]] = []
    for table in tables:
        same = groups and (not exactly or groups[-1][0].columns == table.columns)
        if same and _of_one_kind(groups[-1][0], table):
            groups[-1].append(table)
        else:
            groups.append([table])
    return groups


def shared_title(titles: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return what titles have in common, an ellipsis where they differ, and what each has there.

    "Paths of a lead", "Paths of b lead" -> "Paths of … lead", ("a", "b").
    """
    if len(titles) == 1:
        return titles[0], (titles[0],)
    words = [title.split() for title in titles]
    shortest = min(map(len, words))
    before = next((n for n in range(shortest) if len({w[n] for w in words}) > 1), shortest)
    after = next((n for n in range(shortest - before) if len({w[-1 - n] for w in words}) > 1), shortest - before)
    names = [" ".join(w[before : len(w) - after]) for w in words]
    ends = {name[-1:] for name in names}
    stop = ends.pop() if len(ends) == 1 and ends <= set(",:;") else ""  # belongs to the title
    first = words[0]
    title = " ".join([*first[:before], f"…{stop}", *first[len(first) - after :]])
    return title, tuple(name.removesuffix(stop) for name in names)


def _of_one_kind(one: Table, other: Table) -> bool:
    differ = [a for a, b in zip(one.columns, other.columns, strict=False) if a != b]
    if len(one.columns) != len(other.columns) or len(differ) > 1:
        return False
    title, names = shared_title([one.title, other.title])
    return len(title.split()) > 3 and all(names)  # two words or more in common, and something to choose by
