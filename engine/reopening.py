"""Open a recorded run again, exactly as it was, so that its recommender can be asked more. Not here: recording."""

from __future__ import annotations

from engine.errors import PlanError
from engine.home import Home
from engine.models.contract import LanguageModel
from engine.plan_file import read_plan
from engine.preparation import PreparedRun, fit_or_restore, prepare
from engine.recommender import Progress, no_progress
from engine.records import RunManifest
from engine.runlog.journal import journal_path, read_records


def reopen(
    home: Home, run_id: str, progress: Progress = no_progress, *, model: LanguageModel | None = None
) -> PreparedRun:
    """Return a run of the log with its recommender fitted, or restored from what it had learned.

    `model` gives an opened model in place of the one that the plan names.

    Raises:
        PlanError: the run was not made here or is a lab run, or its model, dataset, options or prompts have changed.
        EngineError: its dataset or model cannot be had.
    """
    manifest = next(iter(read_records(journal_path(home, run_id))), None)
    if not isinstance(manifest, RunManifest):
        raise PlanError(f"The journal of run {run_id} does not begin with its manifest; `recaudit verify` says more.")
    if manifest.base_run_id is not None:
        raise PlanError(f"Run {run_id} is a lab run: take the run that it builds on, {manifest.base_run_id}.")
    try:
        plan = read_plan(home, run_id)
    except PlanError:
        raise PlanError(
            f"Run {run_id} was not made here: there is no plan by which its recommender could be asked again. It takes "
            "a run that `recaudit run` made."
        ) from None
    prepared = prepare(home, plan, model=model)
    now = prepared.manifest
    pairs = {
        "model": (now.model_digest, manifest.model_digest),
        "dataset": (now.dataset_fingerprint, manifest.dataset_fingerprint),
        "prompts": (dict(now.prompt_hashes), dict(manifest.prompt_hashes)),
        "plan": (now.plan_digest, manifest.plan_digest),
    }
    changed = [what for what, (today, then) in pairs.items() if today != then]
    if changed:
        raise PlanError(
            f"Since run {run_id} was made, its {' and its '.join(changed)} changed: what is asked now would not tell "
            "of what was recommended then. Run it again with `recaudit run`."
        )
    fit_or_restore(home, prepared, progress)
    return prepared
