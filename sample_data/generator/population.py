"""Draw the users: their groups and what they like. Not here: what they do (behaviour)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_data.generator.draws import jitter, names, pick_some, stream
from sample_data.generator.likeness import THEMES
from sample_data.generator.parameters import DOMAINS, GROUPS, Circumstance, Parameters

_GROUPS, _LEANINGS, _TASTE = 1, 2, 3  # streams
_N_LEANS = 4  # interests that a group value leans to, and as many that it leans away from
_MAIN = np.array([1.0, 0.6, 0.4, 0.35, 0.3])  # weight of a user's interests, strongest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A simulated user. `groups` is what users.csv shows, the rest is never published.

    - `taste`: (n_themes,), sums to 1; `later_taste` applies from halfway through on (the same for who does not drift).
    - `domains`: (n_domains,), sums to 1.
    - `activity`: relative number of interactions; `loyalty` in [0, 1]: readiness to take up the next part of a series.
    - `popularity`, `focus`: see Circumstance; `mean_session`: meetings in a sitting.
    - `first_share`, `last_share`: when the user comes and goes, as shares of the timeline.
    """

    user_id: str
    groups: dict[str, str]
    taste: np.ndarray
    later_taste: np.ndarray
    domains: np.ndarray
    activity: float
    loyalty: float
    first_share: float
    last_share: float
    popularity: float
    focus: float
    mean_session: float


def draw_population(parameters: Parameters, supply: np.ndarray) -> tuple[Person, ...]:
    """Draw all users. `supply` (n_themes,) is how much the catalogue has of each theme: what there is, is liked."""
    drawn = {
        group.name: names(stream(parameters.seed, _GROUPS, i), group.values, group.shares, parameters.n_users)
        for i, group in enumerate(GROUPS)
    }
    leanings = _leanings(parameters.seed)
    liked = np.sqrt(supply / supply.sum())
    people = []
    for n in range(parameters.n_users):
        groups = {name: values[n] for name, values in drawn.items()}
        prior = liked.copy()
        for name, value in groups.items():
            prior = prior * leanings.get((name, value), 1.0)
        people.append(_person(parameters, n, groups, prior / prior.sum()))
    return tuple(people)


def _leanings(seed: int) -> dict[tuple[str, str], np.ndarray]:
    """Return the factors by which each group value leans to interests.

    Which interests is drawn from the seed: the world has differences between groups for an audit to find, and repeats
    no stereotype about people. Unknown values lean nowhere, since a missing answer is no group.
    """
    leanings = {}
    for i, group in enumerate(GROUPS):
        if group.lift == 1.0:
            continue
        for j, value in enumerate(group.values):
            chosen = pick_some(stream(seed, _LEANINGS, i, j), np.ones(len(THEMES)), 2 * _N_LEANS)
            factors = np.ones(len(THEMES))
            factors[chosen[:_N_LEANS]] = group.lift
            factors[chosen[_N_LEANS:]] = 1.0 / group.lift
            if value:
                leanings[group.name, value] = factors
    return leanings


def _person(parameters: Parameters, n: int, groups: dict[str, str], prior: np.ndarray) -> Person:
    rng = stream(parameters.seed, _TASTE, n)
    about = next((c for key, c in parameters.circumstances.items() if key in groups.items()), Circumstance())
    chance = rng.random(8)
    n_interests = parameters.n_interests + int(chance[0] < 0.5) + about.n_interests
    chosen = pick_some(rng, prior, n_interests + 1)
    main, spare = chosen[:n_interests], chosen[n_interests]
    strengths = _MAIN[: len(main)] * jitter(rng, len(main), 0.3)
    drifted = [spare, *main[1:]] if chance[1] < parameters.drifters else main
    domains = np.array(parameters.domain_weights) * jitter(rng, len(DOMAINS), parameters.domain_spread)
    late = chance[2] < parameters.late_joiners
    leaves = chance[3] < parameters.leavers
    first = 0.75 * float(chance[4]) if late else 0.0
    return Person(
        user_id=f"u{n + 1:04d}",
        groups=groups,
        taste=_taste(parameters, main, strengths, prior),
        later_taste=_taste(parameters, drifted, strengths, prior),
        domains=np.round(domains / domains.sum(), 6),
        activity=float(jitter(rng, 1, parameters.activity_spread)[0]) * about.activity * (1.0 - 0.6 * first),
        loyalty=float(np.round(0.4 + 0.6 * chance[5], 6)),
        first_share=first,
        last_share=first + (1.0 - first) * (0.3 + 0.6 * float(chance[6])) if leaves else 1.0,
        popularity=about.popularity,
        focus=about.focus,
        mean_session=max(1.01, about.session * parameters.mean_session),
    )


def _taste(parameters: Parameters, chosen: list[int], strengths: np.ndarray, prior: np.ndarray) -> np.ndarray:
    taste = parameters.base_interest * prior
    taste[chosen] += (1.0 - parameters.base_interest) * strengths / strengths.sum()
    return np.round(taste / taste.sum(), 6)
