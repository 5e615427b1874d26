"""What the recommenders that prompt a language model share: template values, options to choose from, reading lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from engine.errors import PlanError
from engine.grounding.answers import read_lines
from engine.recommender import TrainingData
from engine.recommenders.catalogue import Catalogue
from engine.records import Interaction, Recommendation, Request
from engine.titles import unique_labels


@dataclass(frozen=True)
class PromptBook:
    """A catalogue as prompts name it: every item by its display label."""

    training: TrainingData

    @cached_property
    def labels(self) -> dict[str, str]:
        """Item id -> display label, in catalogue order."""
        return unique_labels(self.training.dataset.items_by_id.values())

    def label(self, item_id: str) -> str:
        """Return an item's display label.

        Raises:
            PlanError: it is not in the catalogue.
        """
        if item_id not in self.labels:
            raise PlanError(f"Item {item_id!r} is not in the catalogue, so that it has no score.")
        return self.labels[item_id]

    @cached_property
    def options(self) -> tuple[str, ...]:
        """All labels, in catalogue order: one tuple, so that a backend builds its trie once."""
        return tuple(self.labels.values())

    @cached_property
    def catalogue(self) -> Catalogue:
        """The catalogue as arrays."""
        return Catalogue(self.training.dataset)

    def history(self, request: Request, length: int, *, show_ratings: bool) -> dict[str, object]:
        """Return the template values of a request's history: its last `length` entries that are in the catalogue."""
        entries = [
            {"label": self.labels[entry.item_id], "rating": entry.rating if show_ratings else None}
            for entry in self.shown(request, length)
        ]
        return {"statement": request.variant.statement, "history": entries}

    def shown(self, request: Request, length: int) -> list[Interaction]:
        """Return the last `length` entries of a history that are in the catalogue, oldest first."""
        return [entry for entry in request.history if entry.item_id in self.labels][-length:]

    def excluded(self, request: Request, *, allow_repeats: bool) -> frozenset[str]:
        """Return the labels that must not answer a request: not eligible, or consumed before."""
        eligible = self.catalogue.eligible(request, allow_repeats=allow_repeats)
        return frozenset(label for label, allowed in zip(self.options, eligible, strict=True) if not allowed)

    def ids_of(self, labels: Sequence[str]) -> list[str | None]:
        """Return the item of each label that is one, None for any other text."""
        return [self._items.get(label) for label in labels]

    def read_list(self, text: str, k: int) -> tuple[Recommendation, ...]:
        """Read a raw answer into at most `k` recommendations, each line grounded; invented titles keep their rank."""
        entries = read_lines(text, k)[:k]
        matches = self.training.grounder.ground([entry.title or "" for entry in entries])
        return tuple(
            Recommendation(
                rank=rank,
                raw_text=entry.raw,
                match=match if entry.title is not None else None,
                parsed=entry.title is not None,
            )
            for rank, (entry, match) in enumerate(zip(entries, matches, strict=True), start=1)
        )

    @cached_property
    def _items(self) -> dict[str, str]:
        return {label: item_id for item_id, label in self.labels.items()}
