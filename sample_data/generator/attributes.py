"""Simulated attributes of items: provider, price, stock, age rating, popularity, listing date. Facts: catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from sample_data.generator.catalogue import Entry
from sample_data.generator.draws import noise, pick, stream
from sample_data.generator.parameters import DOMAINS, Parameters

_HOUSES, _OFFERS, _POPULARITY, _QUALITY, _LISTING = 11, 12, 13, 14, 15  # streams
_PROVIDERS = {  # invented; the first holds most of the catalogue, the last very little
    "film": ("Lanternlight", "Reelhaven", "Northscreen", "Cineroost", "Velvet Aisle", "Quiet Projector"),
    "music": ("Tonewell", "Sonarium", "Brightgroove", "Harbour Audio", "Needle & Thread", "Attic Tapes"),
    "book": ("Pagefold House", "Meridian Shelf", "Oakleaf Books", "Lamplit Press", "Inkwater", "Small Hours Press"),
}
_PROVIDER_SHARES = (0.36, 0.25, 0.17, 0.12, 0.07, 0.03)
_PRICES = {
    "film": (2.99, 3.99, 3.99, 4.99, 5.99),
    "music": (6.99, 8.99, 9.99, 11.99),
    "book": (7.99, 9.99, 12.99, 18.99),
}
_IN_STOCK = {"film": 0.97, "music": 0.97, "book": 0.94, "goods": 0.88, "news": 1.0}
_AGE_BY_GENRE = {  # the highest that applies; the world's own rule, no classification board's decision
    "film": {"horror": 16, "thriller": 12, "crime": 12, "war": 12, "action": 12, "family": 0, "animation": 0},
    "book": {"horror": 16, "thriller": 12, "children": 0},
}
_AGE_OTHERWISE = {"film": 6, "music": 0, "book": 6, "goods": 0, "news": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the simulation adds to an entry. `price` in the world's one currency, as text with two decimals."""

    provider: str
    price: str
    in_stock: bool
    age_rating: int
    popularity: float  # base popularity, 1 for the most popular of its domain
    quality: float  # what ratings of it lean to, mean 0, variance 1
    listed_from: datetime


def draw_offers(entries: Sequence[Entry], parameters: Parameters) -> tuple[Offer, ...]:
    """Draw the simulated attributes of all entries, in their order."""
    popularity = _popularity(entries, parameters)
    houses: dict[tuple[str, str], str] = {}
    offers = []
    for n, entry in enumerate(entries):
        rng = stream(parameters.seed, _OFFERS, n)
        chance = rng.random(2)
        prices = _PRICES.get(entry.domain, ())
        offers.append(
            Offer(
                provider=_provider(entry, houses, parameters.seed),
                price=entry.price or (f"{prices[int(chance[0] * len(prices))]:.2f}" if prices else "0.00"),
                in_stock=bool(chance[1] < _IN_STOCK[entry.domain]),
                age_rating=_age_rating(entry, rng),
                popularity=popularity[n],
                quality=float(noise(stream(parameters.seed, _QUALITY, n), 1)[0]),
                listed_from=_listed_from(entry, n, parameters),
            )
        )
    return tuple(offers)


def _provider(entry: Entry, houses: dict[tuple[str, str], str], seed: int) -> str:
    """Return who offers it: the catalogue's outlet or brand, else one house a creator, as publishers have authors."""
    if entry.domain not in _PROVIDERS:
        return entry.outlet or entry.creators[0]
    key = (entry.domain, entry.creators[0] if entry.creators else entry.title)
    if key not in houses:
        rng = stream(seed, _HOUSES, DOMAINS.index(entry.domain), len(houses))
        houses[key] = _PROVIDERS[entry.domain][pick(rng, np.array(_PROVIDER_SHARES))]
    return houses[key]


def _age_rating(entry: Entry, rng: np.random.Generator) -> int:
    rules = _AGE_BY_GENRE.get(entry.domain, {})
    applying = [rules[c] for c in entry.categories if c in rules]
    rating = max(applying, default=_AGE_OTHERWISE[entry.domain])
    if rating == 16 and rng.random() < 0.3:
        return 18
    return 16 if rating == 12 and rng.random() < 0.25 else rating


def _popularity(entries: Sequence[Entry], parameters: Parameters) -> list[float]:
    """Return 1 / rank^decay with ranks shuffled within each domain."""
    values = [0.0] * len(entries)
    for d, domain in enumerate(DOMAINS):
        rows = [i for i, entry in enumerate(entries) if entry.domain == domain]
        order = np.argsort(stream(parameters.seed, _POPULARITY, d).random(len(rows)), kind="stable")
        for rank, place in enumerate(order, start=1):
            values[rows[int(place)]] = round(float(rank) ** -parameters.popularity_decay, 9)
    return values


def _listed_from(entry: Entry, n: int, parameters: Parameters) -> datetime:
    """Return when the item can first be met: news when published, the rest by its year; some older items come late."""
    if entry.published is not None:
        return datetime.combine(entry.published, datetime.min.time(), tzinfo=UTC)
    chance = stream(parameters.seed, _LISTING, n).random(3)
    length = parameters.end - parameters.start
    if chance[0] < parameters.late_items:
        return parameters.end - timedelta(days=int(length.days * 0.15 * chance[1]) + 1)
    if entry.year is not None and entry.year >= parameters.start.year:
        return datetime(entry.year, 1, 1, tzinfo=UTC) + timedelta(days=int(365 * chance[2]))
    return parameters.start
