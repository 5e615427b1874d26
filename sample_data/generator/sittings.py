"""When users are there: sittings over the timeline, all within it and none inside another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from sample_data.generator.draws import pick, stream
from sample_data.generator.parameters import Parameters
from sample_data.generator.population import Person

_CALENDAR = 21  # stream
_PAUSE = 3600  # seconds between two sittings, at least
_HOURS = np.array([2, 1, 1, 1, 1, 2, 4, 6, 6, 5, 5, 6, 8, 7, 6, 6, 7, 9, 12, 15, 16, 14, 9, 5], dtype=float)
_WEEKDAYS = np.array([5, 5, 5, 5, 7, 9, 9], dtype=float)  # Monday first


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One visit: the seconds since the epoch, UTC, of each of its meetings, all different and in order."""

    times: tuple[int, ...]

    @property
    def month(self) -> int:
        """The month it begins in, from 1."""
        return datetime.fromtimestamp(self.times[0], tz=UTC).month


def draw_sittings(n: int, person: Person, count: int, parameters: Parameters) -> tuple[Sitting, ...]:
    """Draw the n-th user's sittings, `count` meetings in all, between the user's coming and going where they fit."""
    rng = stream(parameters.seed, _CALENDAR, n)
    offsets = _offsets(rng, count, person.mean_session, parameters.longest_session)
    starts = sorted(_start(rng, person, parameters) for _ in offsets)
    for i in range(1, len(starts)):  # no sitting begins within the one before
        starts[i] = max(starts[i], starts[i - 1] + offsets[i - 1][-1] + _PAUSE)
    latest = int(parameters.end.timestamp())
    for i in reversed(range(len(starts))):  # and none outlasts the timeline
        starts[i] = min(starts[i], latest - offsets[i][-1] - _PAUSE)
        latest = starts[i]
    return tuple(
        Sitting(times=tuple(start + offset for offset in own)) for start, own in zip(starts, offsets, strict=True)
    )


def _offsets(rng: np.random.Generator, count: int, mean: float, longest: int) -> list[list[int]]:
    """Cut `count` meetings into sittings of geometric size; return each one's seconds after its start."""
    sizes: list[int] = []
    while sum(sizes) < count:
        size = 1 + int(np.floor(np.log1p(-rng.random()) / np.log1p(-1.0 / mean)))
        sizes.append(min(size, longest, count - sum(sizes)))
    return [[0, *np.cumsum(rng.integers(180, 3600, size=size - 1)).tolist()] for size in sizes]


def _start(rng: np.random.Generator, person: Person, parameters: Parameters) -> int:
    """Draw the second a sitting begins at: a day of the user's time, weekends more often, evenings more often."""
    days = (parameters.end - parameters.start).days
    first = int(person.first_share * days)
    last = min(days, max(int(person.last_share * days), first + 14))
    while True:
        day = parameters.start + timedelta(days=first + int((last - first) * rng.random()))
        if rng.random() * _WEEKDAYS.max() < _WEEKDAYS[day.weekday()]:
            return int(day.timestamp()) + 3600 * pick(rng, _HOURS) + int(rng.integers(3600))
