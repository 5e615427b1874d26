"""The requests of a lab run: those of its base run, each changed in one way, in an order that the plan decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from engine.errors import PlanError
from engine.home import Home
from engine.lab.base import BaseRun, candidates_of, read_base
from engine.lab.design import NEEDS, Designer
from engine.lab.vocabulary import Vocabulary
from engine.plan import LabPlan
from engine.recommender import Recommender
from engine.recommenders.catalogue import Catalogue
from engine.records import Intervention, LabTest, Request, Variant
from engine.requests import RequestMaker, derived_seed
from engine.titles import unique_labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One request of a lab run: whose, in which way changed, and which repetition of that change."""

    user_index: int
    intervention: Intervention
    repeat: int


@dataclass(frozen=True)
class LabRequests:
    """Makes request number i of a lab run: users outermost, then tests, levels and repeats.

    `maker` makes the unchanged requests: one a user, neutral.
    """

    maker: RequestMaker
    lab: LabPlan
    base: BaseRun

    def __len__(self) -> int:
        """Return the number of requests."""
        return len(self.changed)

    def request_id(self, index: int) -> str:
        """Return the id of request number `index`."""
        return self.maker.request_id(index)

    def request(self, index: int) -> Request:
        """Make request number `index`."""
        entry = self.changed[index]
        how, unchanged = entry.intervention, self.maker.request(entry.user_index)
        variant = variant_of(how)
        seed = derived_seed(self.maker.plan.seed, unchanged.user.user_id, variant.name, str(entry.repeat))
        return replace(
            unchanged,
            request_id=self.request_id(index),
            history=tuple(e for e in unchanged.history if e.item_id not in how.withheld),
            withheld=how.withheld,
            candidates=self._candidates(unchanged, how),
            variant=variant,
            repeat=entry.repeat,
            seed=seed,
            intervention=how,
        )

    def n_history(self, request: Request) -> int:
        """Return how many interactions the request's user had before the cutoff, withheld ones too."""
        return self.maker.n_history(request)

    def n_holdout(self, request: Request) -> int:
        """Return how many interactions are held out for the request's user."""
        return self.maker.n_holdout(request)

    @property
    def variants(self) -> tuple[Variant, ...]:
        """The variants of the run, in the order of their first request."""
        return tuple({variant.name: variant for variant in (self._variant(c) for c in self.changed)}.values())

    @cached_property
    def changed(self) -> tuple[Changed, ...]:
        """Every request in order.

        Raises:
            PlanError: a user is not in the base run, or no request offers anything to change.
        """
        entries: list[Changed] = []
        for user_index, user_id in enumerate(self.maker.user_ids):
            answer = self.base.by_user.get(user_id)
            if answer is None:
                raise PlanError(f"Run {self.base.manifest.run_id} recommended nothing to user {user_id}.")
            request = self.maker.request(user_index)
            for test in dict.fromkeys((LabTest.FLOOR, *self.lab.tests)):
                made = self.designer.design(test, answer, request)
                entries += _repeated(made, user_index, self.lab)
        empty = [test for test in self.lab.tests if not any(e.intervention.test is test for e in entries)]
        if empty and (self.lab.insists or len(empty) == len(self.lab.tests)):
            told = " ".join(f"{test}: {why_empty(test, self.base.manifest.run_id)}" for test in empty)
            raise PlanError(f"There is nothing to change. {told} Leave it out, or take more users.")
        return tuple(entries)

    @cached_property
    def designer(self) -> Designer:
        """What decides the interventions."""
        dataset = self.maker.dataset
        catalogue = Catalogue(dataset)
        allow = self.maker.plan.allow_repeat_consumption

        def eligible(request: Request) -> Sequence[str]:
            mask = catalogue.eligible(request, allow_repeats=allow)
            return [item for item, allowed in zip(catalogue.item_ids, mask, strict=True) if allowed]

        return Designer(
            lab=self.lab,
            manifest=self.base.manifest,
            vocabulary=Vocabulary(dataset),
            labels=unique_labels(dataset.items_by_id.values()),
            eligible=eligible,
        )

    def _candidates(self, unchanged: Request, how: Intervention) -> tuple[str, ...] | None:
        """Return what is to be ranked: without fixed candidates, a shorter history would change the retrieval too."""
        fixed = candidates_of(self.base.by_user[unchanged.user.user_id])
        keep = how.withheld and self.lab.candidates == "fixed" and fixed
        return fixed if keep else unchanged.candidates

    def _variant(self, entry: Changed) -> Variant:
        return replace(variant_of(entry.intervention), statement="")  # a hint differs from user to user


def lab_requests(
    home: Home, maker: RequestMaker, lab: LabPlan, recommender: type[Recommender], name: str
) -> LabRequests:
    """Return the requests of a lab run.

    Raises:
        PlanError: the recommender offers no hold for a test, or the base run is not the one that was planned with.
    """
    lacking = [test for test in lab.tests if not supports(recommender, test)]
    if lacking:
        able = ", ".join(test for test in LabTest if supports(recommender, test))
        raise PlanError(
            f"{name} offers no hold for {', '.join(lacking)}: it cannot be given {_lacked(lacking)}. It can do {able}."
        )
    base = read_base(home, lab.base_run_id)
    if base.head != lab.base_head:
        raise PlanError(
            f"Run {lab.base_run_id} is not the one that this lab run was planned with: its journal ends in another "
            f"record. Plan it again: `recaudit lab {lab.base_run_id}`."
        )
    return LabRequests(maker=maker, lab=lab, base=base)


def supports(recommender: type[Recommender], test: LabTest) -> bool:
    """Tell whether a recommender offers the hold that a test needs."""
    needed = NEEDS[test]
    return needed is None or needed in recommender.handles


def variant_of(how: Intervention) -> Variant:
    """Return the variant of an intervened request: never the neutral one, so that no other audit takes it for such."""
    name = ":".join(part for part in ("lab", how.test, how.level) if part)
    return Variant(name=name, statement=how.hint)


def why_empty(test: LabTest, run_id: str) -> str:
    """Say why no request of a run offers anything to a test."""
    naming = "a rationale that names an item of the history which its prompt showed"
    lacks = {
        LabTest.HINT: "a candidate below the top of a list",
        LabTest.MISTAKES: "a reasoning that names a term of the dataset for which there is a wrong one",
        LabTest.NECESSITY: f"{naming}, beside others",
        LabTest.SUFFICIENCY: f"{naming}, beside others",
        LabTest.PARAPHRASE: "a reasoning that the rules can put into other words",
    }
    return f"for these users, run {run_id} does not hold {lacks.get(test, 'any reasoning')}."


def _lacked(tests: Sequence[LabTest]) -> str:
    words = {"reasoning": "a reasoning", "history": "a shorter history", "hint": "a hint"}
    return ", ".join(dict.fromkeys(words[str(NEEDS[test])] for test in tests))


def _repeated(made: Sequence[Intervention], user_index: int, lab: LabPlan) -> list[Changed]:
    """Number the repetitions of each variant."""
    counts: dict[str, int] = {}
    entries = []
    for how in made:
        name = variant_of(how).name
        for _ in range(lab.repeats if how.test is LabTest.FLOOR else lab.times):
            entries.append(Changed(user_index=user_index, intervention=how, repeat=counts.get(name, 0)))
            counts[name] = counts.get(name, 0) + 1
    return entries
