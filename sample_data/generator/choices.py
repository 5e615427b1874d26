"""One user choosing one item after the other. Not here: when (sittings), and who likes what (population)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sample_data.generator.attributes import Offer
from sample_data.generator.catalogue import Entry
from sample_data.generator.draws import pick
from sample_data.generator.likeness import Likeness
from sample_data.generator.parameters import DOMAINS, Parameters
from sample_data.generator.population import Person
from sample_data.generator.sequences import links, next_in_sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The catalogue as arrays over items, made once.

    - `domain`: (n_items,) places in DOMAINS; `listed`: (n_items,) seconds since the epoch, UTC.
    - `themes`: (n_items, n_themes); `alike`: (n_items, n_items).
    - `supply`: (n_domains, n_themes), how much each domain has of each theme.
    - `following`, `preceding`, `linked`: the next part of a series, the part before, the book's film or the film's
      book, as places in the catalogue, or -1.
    """

    domain: np.ndarray
    themes: np.ndarray
    alike: np.ndarray
    log_popularity: np.ndarray
    quality: np.ndarray
    listed: np.ndarray
    supply: np.ndarray
    following: tuple[int, ...]
    preceding: np.ndarray
    linked: tuple[int, ...]


def make_shelf(entries: Sequence[Entry], offers: Sequence[Offer], likeness: Likeness) -> Shelf:
    """Put all that choices depend on into arrays."""
    domain = np.array([DOMAINS.index(entry.domain) for entry in entries])
    following = next_in_sequence(entries)
    before = {there: here for here, there in enumerate(following) if there >= 0}
    return Shelf(
        domain=domain,
        themes=likeness.themes,
        alike=likeness.alike,
        log_popularity=np.round(np.log([offer.popularity for offer in offers]), 6),
        quality=np.array([offer.quality for offer in offers]),
        listed=np.array([int(offer.listed_from.timestamp()) for offer in offers]),
        supply=np.array([likeness.themes[domain == d].sum(axis=0) for d in range(len(DOMAINS))]),
        following=following,
        preceding=np.array([before.get(place, -1) for place in range(len(entries))]),
        linked=links(entries),
    )


@dataclass(slots=True, kw_only=True)
class Chooser:
    """A user in front of the shelf, with the items met so far, oldest first."""

    person: Person
    shelf: Shelf
    parameters: Parameters
    rng: np.random.Generator
    met: list[int] = field(default_factory=list)

    def pick_domain(self, theme: int) -> int:
        """Draw a domain: one that the user likes and that has something of the theme."""
        return pick(self.rng, self.person.domains * np.sqrt(self.shelf.supply[:, theme] + 0.02))

    def next_in_line(self, timestamp: int) -> int:
        """Return the next part of the last item's series, or its book or film; -1: none, or it is not taken."""
        chance = self.rng.random(2)
        options = (
            (self.shelf.following[self.met[-1]], self.parameters.follow_next * self.person.loyalty, chance[0]),
            (self.shelf.linked[self.met[-1]], self.parameters.follow_link, chance[1]),
        )
        for item, readiness, drawn in options:
            if item >= 0 and drawn < readiness and item not in self.met and self.shelf.listed[item] <= timestamp:
                return item
        return -1

    def choose(self, theme: int, domain: int, timestamp: int, taste: np.ndarray) -> int:
        """Draw one item that is listed and not met yet, of the domain while it has any; odds are e to the pulls."""
        days = (timestamp - self.shelf.listed) / 86_400.0
        possible = days >= 0.0
        possible[self.met] = False
        of_domain = possible & (self.shelf.domain == domain)
        possible = of_domain if of_domain.any() else possible
        pull = self._pulls(theme, taste) + self._age_pull(domain, days)
        return pick(self.rng, np.where(possible, np.exp(np.round(pull - pull[possible].max(), 6)), 0.0))

    def _pulls(self, theme: int, taste: np.ndarray) -> np.ndarray:
        """Return (n_items,) what draws the user to each item whatever the time."""
        shelf, person, parameters = self.shelf, self.person, self.parameters
        pull = parameters.theme_pull * person.focus * shelf.themes[:, theme]
        pull += parameters.taste_pull * (shelf.themes @ taste)
        pull += parameters.popularity_pull * person.popularity * shelf.log_popularity
        if self.met:
            pull += parameters.last_pull * person.focus * shelf.alike[self.met[-1]]
            pull += parameters.recent_pull * person.focus * shelf.alike[self.met[-5:]].mean(axis=0)
        unmet = np.ones(len(shelf.domain) + 1, dtype=bool)  # one more, for "no part before", which always counts as met
        unmet[[*self.met, -1]] = False
        return pull - parameters.out_of_order_push * unmet[shelf.preceding]

    def _age_pull(self, domain: int, days: np.ndarray) -> np.ndarray:
        """Return (n_items,) how news fade, and how what has just arrived draws attention."""
        if DOMAINS[domain] == "news":
            return -np.log(2.0) * days / self.parameters.news_half_life_days
        arrived_later = self.shelf.listed > int(self.parameters.start.timestamp())
        return self.parameters.arrival_boost * ((days < 30.0) & arrived_later)
