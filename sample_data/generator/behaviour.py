"""Simulate what users do over two years: sittings, choices, ratings. The model is described in DATASHEET.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sample_data.generator.attributes import Offer
from sample_data.generator.catalogue import Entry
from sample_data.generator.choices import Chooser, Shelf, make_shelf
from sample_data.generator.draws import apportion, noise, pick, stream
from sample_data.generator.likeness import THEMES, Likeness
from sample_data.generator.parameters import DOMAINS, Parameters
from sample_data.generator.population import Person
from sample_data.generator.sittings import draw_sittings

_CHOICES, _RATINGS = 22, 23  # streams


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A user met an item. `rating` 1 to 5, None for news; `item` is the item's place in the catalogue."""

    user_id: str
    item: int
    timestamp: int  # seconds since the epoch, UTC
    rating: int | None


def simulate(
    entries: Sequence[Entry], offers: Sequence[Offer], likeness: Likeness, people: Sequence[Person], setting: Parameters
) -> tuple[Meeting, ...]:
    """Return all meetings, user by user, each user's in the order of time, no pair twice."""
    shelf = make_shelf(entries, offers, likeness)
    counts = apportion(np.array([p.activity for p in people]), setting.n_interactions, setting.min_interactions)
    return tuple(
        meeting
        for n, (person, count) in enumerate(zip(people, counts, strict=True))
        for meeting in _live(n, person, int(count), shelf, setting)
    )


def _live(n: int, person: Person, count: int, shelf: Shelf, setting: Parameters) -> Iterator[Meeting]:
    """Yield one user's meetings."""
    chooser = Chooser(person=person, shelf=shelf, parameters=setting, rng=stream(setting.seed, _CHOICES, n))
    moods = noise(stream(setting.seed, _RATINGS, n), count + 1)
    halfway = int((setting.start + (setting.end - setting.start) / 2).timestamp())
    for sitting in draw_sittings(n, person, count, setting):
        taste = person.later_taste if sitting.times[0] >= halfway else person.taste
        theme = pick(chooser.rng, taste + _season(sitting.month, setting))
        domain = -1
        for timestamp in sitting.times:
            choice = chooser.next_in_line(timestamp) if domain >= 0 else -1
            if choice < 0:
                if domain < 0 or chooser.rng.random() < setting.domain_switch:
                    domain = chooser.pick_domain(theme)
                choice = chooser.choose(theme, domain, timestamp, taste)
            domain = int(shelf.domain[choice])
            mood = 0.4 * float(moods[-1]) + 0.6 * float(moods[len(chooser.met)])  # the user's own, and the day's
            rating = None if DOMAINS[domain] == "news" else _rating(choice, taste, mood, shelf)
            chooser.met.append(choice)
            yield Meeting(user_id=person.user_id, item=choice, timestamp=timestamp, rating=rating)


def _season(month: int, setting: Parameters) -> np.ndarray:
    """Return (n_themes,) what a month adds to everybody's taste."""
    return np.array([setting.season.get(theme, {}).get(month, 0.0) for theme in THEMES])


def _rating(item: int, taste: np.ndarray, mood: float, shelf: Shelf) -> int:
    """Return 1 to 5: higher where the item meets the user's taste, where it is good, and on a good day."""
    liking = 2.6 + 3.0 * float(taste @ shelf.themes[item]) + 0.45 * float(shelf.quality[item]) + mood
    return int(np.clip(np.rint(round(liking, 6)), 1, 5))
