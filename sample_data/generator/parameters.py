"""Every number that the simulated world depends on, with the reason for it. Not here: the theme table (themes.toml)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

DOMAINS = ("film", "music", "book", "goods", "news")


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAttribute:
    """A user attribute: its values, how common each is, and how strongly its values lean towards some interests."""

    name: str
    values: tuple[str, ...]  # the empty value means unknown
    shares: tuple[float, ...]
    lift: float = 1.0  # factor on the interests a value leans to; its inverse on those it leans away from; 1: no lean


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstance:
    """What is different for the users of one attribute value; this is what makes a group harder to serve."""

    activity: float = 1.0  # factor on the number of interactions
    popularity: float = 1.0  # factor on the pull of popular items
    focus: float = 1.0  # factor on how closely a choice follows the sitting's theme and the items before
    session: float = 1.0  # factor on the mean length of a sitting
    n_interests: int = 0  # interests on top of what others have


GROUPS = (
    GroupAttribute(
        name="age_band",
        values=("18-24", "25-34", "35-44", "45-54", "55+"),
        shares=(0.20, 0.28, 0.22, 0.15, 0.15),
        lift=1.9,
    ),
    GroupAttribute(name="gender", values=("woman", "man", "nonbinary", ""), shares=(0.43, 0.41, 0.04, 0.12), lift=1.5),
    GroupAttribute(
        name="region",
        values=("north", "south", "east", "west", "islands"),
        shares=(0.34, 0.26, 0.20, 0.15, 0.05),
        lift=1.3,
    ),
    GroupAttribute(name="plan", values=("free", "paid"), shares=(0.7, 0.3)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """One setting of the simulation. Pulls are added up in a choice's exponent: a pull of 1 multiplies odds by e."""

    seed: int = 20231
    n_users: int = 1500
    n_interactions: int = 60_000
    start: datetime = datetime(2023, 1, 1, tzinfo=UTC)
    end: datetime = datetime(2025, 1, 1, tzinfo=UTC)  # the first second after the timeline

    # population
    min_interactions: int = 5
    activity_spread: float = 1.0  # exponent of the activity draw: a long tail of very active users
    domain_weights: tuple[float, ...] = (0.30, 0.22, 0.22, 0.14, 0.12)  # in the order of DOMAINS
    domain_spread: float = 1.0
    n_interests: int = 2  # and one more for half of the users
    base_interest: float = 0.06  # share of taste that is spread over all themes
    late_joiners: float = 0.35  # join after the first day, at the latest 18 months in
    leavers: float = 0.12  # stop before the end
    drifters: float = 0.25  # change their strongest interest halfway through
    circumstances: dict[tuple[str, str], Circumstance] = field(
        default_factory=lambda: {
            ("age_band", "55+"): Circumstance(activity=0.6, popularity=0.5, focus=0.8, session=0.6, n_interests=2),
        }
    )

    # sessions
    mean_session: float = 3.5  # interactions in a sitting
    longest_session: int = 12
    domain_switch: float = 0.22  # chance of looking into another domain within a sitting

    # choices
    theme_pull: float = 4.0  # of the sitting's theme, for an item that is wholly about it
    taste_pull: float = 2.5  # of the user's own taste
    last_pull: float = 3.2  # of being like the item before
    recent_pull: float = 1.8  # of being like the five items before, on average
    popularity_pull: float = 1.0  # exponent on the item's base popularity
    popularity_decay: float = 0.8  # Zipf exponent of base popularity, domain by domain
    follow_next: float = 0.6  # chance of taking up the next part of a series, times the user's loyalty
    out_of_order_push: float = 1.5  # against a later part of a series whose part before was not met
    follow_link: float = 0.35  # chance of going from a book to its film or back
    news_half_life_days: float = 45.0
    arrival_boost: float = 1.0  # pull of an item in its first 30 days

    # items
    late_items: float = 0.06  # of what is not news: listed only in the last 15 % of the timeline
    season: dict[str, dict[int, float]] = field(  # theme -> month -> weight added to everybody's taste, which sums to 1
        default_factory=lambda: {
            "horror": {9: 0.02, 10: 0.12, 11: 0.02},
            "family": {11: 0.03, 12: 0.09},
            "love": {2: 0.09},
            "adventure": {5: 0.04, 6: 0.04},
            "nature": {4: 0.05, 5: 0.08},
            "sport": {6: 0.05, 7: 0.05},
            "travel and places": {6: 0.05, 7: 0.09, 8: 0.05},
            "food": {11: 0.04, 12: 0.06},
        }
    )
