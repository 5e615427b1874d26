"""Plan a lab run from a finished run: the same dataset, split, model and options, some users, the tests that fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine import registry
from engine.errors import PlanError
from engine.home import Home
from engine.lab.base import BaseRun, read_base, reasoning_of
from engine.lab.requests import supports, why_empty
from engine.plan import LabPlan, PlannedVariant, RunPlan
from engine.plan_file import read_plan
from engine.records import LabTest, RunManifest
from engine.runlog.journal import journal_path, read_records

TESTS = tuple(test for test in LabTest if test is not LabTest.FLOOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLab:
    """The plan of a lab run, and the tests that were left out of it with the reason."""

    plan: RunPlan
    lab: LabPlan
    left_out: dict[LabTest, str]

    def without_material(self, home: Home, run_id: str) -> dict[LabTest, str]:
        """Return the tests for which the lab run, once it was begun, found nothing to change, with the reason."""
        manifest = next(iter(read_records(journal_path(home, run_id))), None)
        variants = manifest.variants if isinstance(manifest, RunManifest) else ()
        made = {variant.name.split(":")[1] for variant in variants}
        return {test: why_empty(test, self.lab.base_run_id) for test in self.lab.tests if test not in made}


def plan_lab(
    home: Home,
    base_run_id: str,
    *,
    tests: Sequence[LabTest] | None = None,
    users: int | Sequence[str] | None = 40,
    repeats: int = 3,
    times: int = 1,
    paraphrase: str = "rules",
    candidates: str = "fixed",
    device: str | None = None,
    batch_size: int | None = None,
) -> PlannedLab:
    """Plan a lab run. `tests` None: all that the recommender and what the base run recorded allow.

    `users`: the first so many of the base run, the users named, or all (None).

    Raises:
        PlanError: the base run cannot be built upon, a test cannot be made, or a user is not in the base run.
    """
    base = read_base(home, base_run_id)
    try:
        plan = read_plan(home, base_run_id)
    except PlanError:
        raise PlanError(
            f"Run {base_run_id} was not made here: there is no plan by which its requests could be asked again. "
            "The lab needs a run that `recaudit run` made."
        ) from None
    reasons = {test: why for test in TESTS if (why := _obstacle(base, plan.recommender, test))}
    chosen = tuple(dict.fromkeys(tests)) if tests is not None else tuple(test for test in TESTS if test not in reasons)
    refused = [f"{test}: {reasons[test]}" for test in chosen if test in reasons]
    if refused or not chosen:
        told = refused or [f"{test}: {why}" for test, why in reasons.items()]
        raise PlanError(f"Run {base_run_id} does not allow this. {' '.join(told)}")
    lab = LabPlan.model_validate(
        {
            "base_run_id": base_run_id, "base_head": base.head, "tests": chosen,
            "insists": tests is not None, "repeats": repeats, "times": times,
            "paraphrase": paraphrase, "candidates": candidates,
        }
    )  # fmt: skip
    changes: dict[str, object] = {
        "lab": lab,
        "users": _users(base, users),
        "repeats": 1,
        "variants": (PlannedVariant(name="neutral"),),
        "label": f"lab of {plan.label or plan.recommender}",
        **({} if device is None else {"device": device}),
        **({} if batch_size is None else {"batch_size": batch_size}),
    }
    left_out = {} if tests is not None else reasons
    return PlannedLab(plan=plan.model_copy(update=changes), lab=lab, left_out=left_out)


def _users(base: BaseRun, wanted: int | Sequence[str] | None) -> tuple[str, ...]:
    known = tuple(base.by_user)
    if wanted is None:
        return known
    if isinstance(wanted, int):
        if wanted < 1:
            raise PlanError("A lab run needs at least one user.")
        return known[:wanted]
    missing = [user for user in wanted if user not in base.by_user]
    if missing:
        raise PlanError(f"Run {base.manifest.run_id} recommended nothing to {', '.join(missing[:5])}; leave them out.")
    return tuple(dict.fromkeys(wanted))


def _obstacle(base: BaseRun, recommender: str, test: LabTest) -> str:
    """Return why a test cannot be made at all; empty: it can."""
    if not supports(registry.load(recommender), test):
        words = {
            LabTest.HINT: "reads nothing that is put before a request.",
            LabTest.NECESSITY: "cannot be shown a shorter history.",
            LabTest.SUFFICIENCY: "cannot be shown a shorter history.",
        }
        return f"{recommender} {words.get(test, 'has no reasoning of its own that could be replaced.')}"
    if test in (LabTest.NECESSITY, LabTest.SUFFICIENCY):
        given = any(s.recommendation and s.recommendation.rationale for a in base.answers for s in a.slots)
        return "" if given else "the run holds no rationales that could name items of the history."
    if test is not LabTest.HINT and not any(reasoning_of(answer) for answer in base.answers):
        return "the run holds no reasoning (option reason=false?)."
    return ""
