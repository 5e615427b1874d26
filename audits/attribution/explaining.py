"""Explain scores of one run's recommender: what history items, or lines of the prompt, contribute to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from audits.attribution.parts import HISTORY, HistoryParts, Parts, PromptParts
from audits.attribution.shapley import Shapley, shapley_values
from audits.errors import AuditError
from engine import registry
from engine.errors import PlanError
from engine.home import Home
from engine.lab.mentions import named_items
from engine.models.contract import Capability, LanguageModel
from engine.preparation import PreparedRun
from engine.records import Request
from engine.reopening import reopen
from engine.titles import unique_labels

Progress = Callable[[str, float], None]
EVALUATIONS = 2_048  # of a score that needs no text to be generated
EVALUATIONS_OF_TEXT = 256  # of one whose every evaluation is a call of a language model


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One recommendation to explain: an item at a rank, and what was said for it. `rank` None: not in the list."""

    item_id: str
    rank: int | None
    rationale: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """The contributions to one score. `named`: whether the rationale names each part; None: there is no rationale."""

    request_id: str
    asked: Asked
    kind: str
    features: tuple[str, ...]
    found: Shapley
    named: tuple[bool, ...] | None = None
    n_always_in: int = 0  # history items that are read and were no parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much may be asked for one score. None: what fits the recommender; `last`: only the most recent items."""

    evaluations: int | None = None
    last: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            AuditError: a number is below its least value.
        """
        if (self.evaluations is not None and self.evaluations < 2) or (self.last is not None and self.last < 1):
            raise AuditError("--evaluations must be at least 2 and --last at least 1.")


@dataclass(frozen=True)
class Explainer:
    """Asks a run's recommender for scores with parts of a request left out."""

    prepared: PreparedRun
    budget: Budget = field(default_factory=Budget)

    @classmethod
    def open(
        cls,
        home: Home,
        run_id: str,
        recommender: str,
        budget: Budget | None = None,
        progress: Progress = lambda _what, _share: None,
        *,
        model: LanguageModel | None = None,
    ) -> Explainer:
        """Open a run's recommender as it was.

        Raises:
            AuditError: the recommender scores no single items, or it cannot be opened as it was.
        """
        why = why_not(recommender)
        if why:
            raise AuditError(why)
        try:
            return cls(reopen(home, run_id, progress, model=model), budget or Budget())
        except PlanError as error:
            raise AuditError(str(error)) from error

    def request(self, request_index: int, request_id: str) -> Request:
        """Return a request of the run as it was asked.

        Raises:
            AuditError: the run has another request at this place.
        """
        if request_index >= len(self.prepared.requests):
            raise AuditError(f"Run {self.prepared.manifest.run_id} has no request {request_id} by its plan.")
        request = self.prepared.requests.request(request_index)
        if request.request_id != request_id:
            raise AuditError(
                f"By its plan, request {request_index} of run {self.prepared.manifest.run_id} is {request.request_id}, "
                f"not {request_id}: the log and the plan are of different runs."
            )
        return request

    def history(
        self, request: Request, asked: Sequence[Asked], progress: Progress = lambda _what, _share: None
    ) -> list[Explained]:
        """Return what the history's items contribute to the score of each item; all items share the evaluations.

        Raises:
            AuditError: the budget is too small, or the recommender's model gives no scores.
        """
        told = self._told(progress)
        parts = HistoryParts(
            self.prepared.recommender, request, [one.item_id for one in asked], self.budget.last, told
        )  # fmt: skip
        if not parts.features:
            raise AuditError(f"The recommender reads no history of request {request.request_id}: nothing contributes.")
        return [
            Explained(
                request_id=request.request_id, asked=one, kind=HISTORY, features=parts.features,
                found=self._shapley(parts, place), named=self._named(one, parts.features),
                n_always_in=parts.n_always_in,
            )
            for place, one in enumerate(asked)
        ]  # fmt: skip

    def segments(self, request: Request, asked: Asked, progress: Progress = lambda _what, _share: None) -> Explained:
        """Return what the lines of the prompt contribute to the score of an item.

        Raises:
            AuditError: no score rests on a prompt, or as `history`.
        """
        try:
            parts = PromptParts(self.prepared.recommender, request, asked.item_id, self._told(progress))
        except PlanError as error:
            raise AuditError(str(error)) from error
        return Explained(
            request_id=request.request_id, asked=asked, kind=parts.kind, features=parts.features,
            found=self._shapley(parts, 0),
        )  # fmt: skip

    def _shapley(self, parts: Parts, place: int) -> Shapley:
        try:
            return shapley_values(
                parts.of(place), len(parts.features), evaluations=self.evaluations, seed=self.budget.seed
            )
        except PlanError as error:
            raise AuditError(str(error)) from error

    @property
    def evaluations(self) -> int:
        """How many scores may be asked for, of one item."""
        if self.budget.evaluations is not None:
            return self.budget.evaluations
        needs = registry.row(self.prepared.manifest.recommender).needs
        return EVALUATIONS_OF_TEXT if Capability.GENERATE in needs else EVALUATIONS

    def _told(self, progress: Progress) -> Callable[[int], None]:
        return lambda n: progress("asking for scores", min(1.0, n / self.evaluations))

    def _named(self, asked: Asked, features: Sequence[str]) -> tuple[bool, ...] | None:
        if not asked.rationale:
            return None
        items = self.prepared.dataset.items_by_id
        names = {f: (self._labels[f], items[f].title) for f in features if f in items and f != asked.item_id}
        named = set(named_items(asked.rationale, names))
        return tuple(feature in named for feature in features)

    @cached_property
    def _labels(self) -> dict[str, str]:
        return unique_labels(self.prepared.dataset.items_by_id.values())


def why_not(recommender: str) -> str:
    """Say why scores of a recommender cannot be explained; empty: they can."""
    row = next((row for row in registry.ROWS if row.name == recommender), None)
    if row is None:
        return (
            f"{recommender} is no recommender of RecAudit: its lists were made elsewhere, and it cannot be asked for "
            "scores. Explain a run that `recaudit run` made."
        )
    if not row.scores:
        scoring = ", ".join(row.name for row in registry.ROWS if row.scores)
        return f"{recommender} gives no scores of single items, so that there is nothing to explain. {scoring} do."
    return ""
