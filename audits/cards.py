"""Every card there is, by the audit that shows it: what `--list` and the documents print. Not here: any number."""

from __future__ import annotations

from dataclasses import dataclass

from audits.audit import Audit
from audits.discovery import find_audit, find_audits
from audits.metrics.catalogue import find_metrics
from audits.results import Card
from audits.settings import configured, settings_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCard:
    """A card, and the letter of its section in the list of metrics; empty: it is in none."""

    card: Card
    section: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditListing:
    """An audit: what it asks, its settings as they are unless changed, and the cards of all that it measures."""

    audit: type[Audit]
    settings: tuple[tuple[str, str], ...]
    cards: tuple[ListedCard, ...]


def metric_names(audit: type[Audit]) -> tuple[str, ...]:
    """Return the metrics of `audits.metrics` that an audit shows: those it always takes, then those of its settings."""
    made = configured(audit)
    chosen = [getattr(made, name, ()) for name in ("metrics", "metric")]
    named = [name for value in chosen for name in ((value,) if isinstance(value, str) else value)]
    return tuple(dict.fromkeys([*audit.shows, *named]))


def list_audits(name: str | None = None) -> tuple[AuditListing, ...]:
    """Return the audit of that name, or all of them in the order of their sections; those in none come last.

    Raises:
        AuditError: there is no such audit.
    """
    chosen = [find_audit(name)] if name else list(find_audits().values())
    sections = _sections()
    return tuple(
        AuditListing(
            audit=audit,
            settings=settings_of(configured(audit)),
            cards=tuple(
                [ListedCard(card=find_metrics()[key].card, section=sections[key]) for key in metric_names(audit)]
                + [ListedCard(card=card, section=audit.section) for card in audit.cards]
            ),
        )
        for audit in chosen
    )


def _sections() -> dict[str, str]:
    """Return each metric's section: that of the first audit that shows it, those that take any metric last."""
    found: dict[str, str] = {}
    for audit in sorted(find_audits().values(), key=lambda audit: audit.takes_any_metric):
        for name in metric_names(audit):
            found.setdefault(name, audit.section)
    return found
