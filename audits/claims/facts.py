"""What is on record of items and a user's history, as plain sentences: what a classifier reads a claim against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from audits.claims.tokens import sentences
from audits.claims.world import World

_SAID_OTHERWISE = frozenset({"kind", "in_stock"})
MAX_OTHERS = 3  # items beside the one that the text is about


def facts_of(
    item_id: str | None,
    others: Sequence[str],
    history: Mapping[str, float | None] | None,
    world: World,
    descriptions: Mapping[str, str],
) -> tuple[str, ...]:
    """Return catalogue row, triples and description of the item, the rows of others, and what "you" had before.

    Args:
        item_id: the item that "it" is in the text; None: none.
        others: further items that the text names; the first `MAX_OTHERS` are described, by their titles.
        history: item -> rating, None where behaviour is implicit; None as a whole: the text is about no user.
        world: the dataset.
        descriptions: item -> what the catalogue says of it in words.
    """
    found: list[str] = []
    if item_id is not None and item_id in world.items:
        found += _row(item_id, "It", "Its {}", world)
        found += sentences(descriptions.get(item_id, ""), [])
    named = [other for other in dict.fromkeys(others) if other != item_id and other in world.items]
    for other in named[:MAX_OTHERS]:
        title = world.label(other)
        found += _row(other, title, f"The {{}} of {title}", world)
        found += sentences(descriptions.get(other, ""), [])
    if history is not None:
        found += _history(history, world)
    return tuple(found)


def _row(item_id: str, subject: str, possessive: str, world: World) -> Iterator[str]:
    title, kind, item = world.label(item_id), world.kind(item_id), world.items[item_id]
    named = [*([title] if subject != title else []), *([f"a {kind}"] if kind else [])]
    if named:
        yield f"{subject} is {', '.join(named)}."
    for name, relation in world.rules.relations.items():
        stated = world.values(item_id, name)
        if stated and name not in _SAID_OTHERWISE:
            yield f"{possessive.format(relation.label)} is {_listed([one.label for one in stated])}."
    if item.in_stock is not None:
        yield f"{subject} is {'' if item.in_stock else 'not '}in stock."


def _history(history: Mapping[str, float | None], world: World) -> Iterator[str]:
    if not history:
        yield "You had nothing before."
    for item_id, rating in history.items():
        rated = "" if rating is None else f" and rated it {rating:g}"
        yield f"You had {world.label(item_id)} before{rated}."


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
