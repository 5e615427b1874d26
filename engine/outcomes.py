"""What became of each requested slot: exactly one outcome each, decided in one order for every recommender."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.grounding import Grounder
from engine.records import Constraints, Item, Outcome, Recommendation, Request, Response, Slot

NEAR_MISS, FABRICATED, SERIES, UNKNOWN_ID = "near miss", "fabricated", "series", "unknown id"


def slots_for(
    request: Request,
    response: Response,
    grounder: Grounder,
    *,
    allows_repeat_consumption: bool = False,
    by_id: bool = False,
) -> tuple[Slot, ...]:
    """Return the `k` slots of a request, best rank first. Answers beyond rank `k` are left out.

    The checks, in order: missing, unparseable, out of catalogue, already consumed, duplicate, ineligible; what passes
    all of them is delivered. A title that names no item is a series where it names one, a near miss where a catalogue
    title is spelled much like it, else fabricated. An item counts as a duplicate from its second appearance on,
    whatever became of the first. `by_id`: texts are ids, so that nothing is spelled alike.

    Raises:
        ValueError: two recommendations claim one rank, or a rank is below 1.
    """
    by_rank = {recommendation.rank: recommendation for recommendation in response.recommendations}
    if len(by_rank) < len(response.recommendations) or any(rank < 1 for rank in by_rank):
        raise ValueError(f"the ranks of {response.request_id} must be distinct and start at 1")
    listed = [by_rank.get(rank) for rank in range(1, request.k + 1)]
    details = dict.fromkeys(range(1, request.k + 1), UNKNOWN_ID) if by_id else _unresolved(listed, grounder)
    met = frozenset(entry.item_id for entry in request.history).union(request.withheld)
    consumed = frozenset() if allows_repeat_consumption else met
    seen: set[str] = set()
    slots = []
    for rank, recommendation in enumerate(listed, start=1):
        outcome, detail = _outcome(recommendation, request, grounder.items, consumed, seen)
        if recommendation is not None and recommendation.match is not None:
            seen.add(recommendation.match.item_id)
        told = details.get(rank, "") if outcome is Outcome.OUT_OF_CATALOGUE else ""
        slots.append(Slot(rank=rank, outcome=outcome, detail=detail or told, recommendation=recommendation))
    return tuple(slots)


def _outcome(
    recommendation: Recommendation | None,
    request: Request,
    items: Mapping[str, Item],
    consumed: frozenset[str],
    seen: set[str],
) -> tuple[Outcome, str]:
    if recommendation is None:
        return Outcome.MISSING, ""
    if not recommendation.parsed:
        return Outcome.UNPARSEABLE, ""
    item = items.get(recommendation.match.item_id) if recommendation.match else None
    if item is None:
        return Outcome.OUT_OF_CATALOGUE, ""
    if item.item_id in consumed:
        return Outcome.ALREADY_CONSUMED, ""
    if item.item_id in seen:
        return Outcome.DUPLICATE, ""
    broken = broken_constraint(item, request)
    return (Outcome.INELIGIBLE, broken) if broken else (Outcome.DELIVERED, "")


def broken_constraint(item: Item, request: Request) -> str:
    """Return which condition of the request the item breaks, with both values; empty: none.

    An unknown property breaks a constraint on it: nobody can say that the item satisfies it.
    """
    if request.candidates is not None and item.item_id not in request.candidates:
        return "not among the candidates"
    wanted: Constraints = request.constraints
    if wanted.domains and item.domain not in wanted.domains:
        return f"kind {item.domain or 'unknown'}, wanted {' or '.join(wanted.domains)}"
    if wanted.max_price is not None and (item.price is None or item.price > wanted.max_price):
        return f"price {'unknown' if item.price is None else f'{item.price:g}'}, at most {wanted.max_price:g} wanted"
    if wanted.in_stock_only and not item.in_stock:
        return f"stock {'unknown' if item.in_stock is None else 'empty'}"
    limit = wanted.max_age_rating
    if limit is not None and (item.age_rating is None or item.age_rating > limit):
        return f"age rating {'unknown' if item.age_rating is None else item.age_rating}, at most {limit} wanted"
    return ""


def _unresolved(listed: Sequence[Recommendation | None], grounder: Grounder) -> dict[int, str]:
    """Say of each text that names no item whether a catalogue title comes near it, by rank."""
    texts = {
        rank: recommendation.raw_text
        for rank, recommendation in enumerate(listed, start=1)
        if recommendation is not None and recommendation.parsed and recommendation.match is None
    }
    if not texts:
        return {}
    return dict(zip(texts, unresolved_detail(list(texts.values()), grounder), strict=True))


def unresolved_detail(texts: Sequence[str], grounder: Grounder) -> list[str]:
    """Say of each text that names no item what it is: a series, a misspelled title, or neither."""
    told = []
    for text, miss in zip(texts, grounder.nearest(texts), strict=True):
        if grounder.series.is_named_by(text):
            told.append(SERIES)
        elif miss is None:
            told.append(FABRICATED)
        else:
            told.append(f"{NEAR_MISS}: {grounder.items[miss.item_id].title} ({miss.similarity:.2f})")
    return told
