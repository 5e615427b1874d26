"""Resolve a plan into a run that can start: dataset, split, requests, model, recommender, manifest. Records nothing."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version

from pydantic import ValidationError

from engine import registry
from engine.arrays import read_arrays, write_arrays
from engine.datasets.schema import Dataset
from engine.datasets.splits import Split, parse_split, split
from engine.datasets.store import SAMPLE_WORLD, load_dataset
from engine.errors import PlanError
from engine.grounding import Grounder
from engine.home import Home
from engine.item_vectors import ItemVectors
from engine.lab.requests import LabRequests, lab_requests
from engine.models.contract import LanguageModel, ModelDescription
from engine.models.registry import open_model
from engine.plan import RunPlan, plan_digest, variant_records
from engine.recommender import Progress, Recommender, TrainingData
from engine.records import RunManifest
from engine.requests import RequestMaker
from engine.sources import source_datasets

DEFAULT_SPLITS = {SAMPLE_WORLD: "cutoff:90%"}
RECORDED_PACKAGES = ("recaudit", "torch", "transformers", "tokenizers", "numpy", "pandas", "scikit-learn", "duckdb")


@dataclass(frozen=True)
class PreparedRun:
    """A run that can start or be resumed."""

    plan: RunPlan
    dataset: Dataset
    split: Split
    requests: RequestMaker | LabRequests
    recommender: Recommender
    manifest: RunManifest
    item_vectors: ItemVectors
    home: Home

    @cached_property
    def training(self) -> TrainingData:
        """What the recommender may learn from, with sources to learn from first where it can use them."""
        row = registry.row(self.plan.recommender)
        sources = source_datasets(self.home, self.dataset, self.split) if row.needs_sources else ()
        return TrainingData(
            dataset=self.dataset,
            interactions=self.split.training,
            grounder=Grounder(self.dataset.items_by_id),
            sources=tuple(
                TrainingData(
                    dataset=source.dataset,
                    interactions=source.interactions,
                    grounder=Grounder(source.dataset.items_by_id),
                    seed=self.plan.seed,
                    embed_items=self.item_vectors,
                )
                for source in sources
            ),
            seed=self.plan.seed,
            embed_items=self.item_vectors,
        )


def prepare(home: Home, plan: RunPlan, *, model: LanguageModel | None = None) -> PreparedRun:
    """Resolve a plan. `model` gives an opened model in place of the one that the plan names.

    Raises:
        PlanError: recommender, option, split or users do not exist or do not go together.
        DatasetError: there is no such dataset, or it is damaged.
        ModelUnavailable: the model cannot be reached.
    """
    row = registry.row(plan.recommender)
    recommender_type = registry.load(plan.recommender)
    try:
        config = recommender_type.Config(**plan.config)
    except ValidationError as error:
        raise PlanError(f"The options of {row.name} are not right: {_told(error)}") from None
    dataset = load_dataset(home, plan.dataset)
    parts = split(dataset, parse_split(plan.split or default_split(dataset), dataset))
    opened = model or _open(plan, row)
    described = opened.describe() if opened else None
    recommender = recommender_type(config, opened)
    settled = config.model_dump(mode="json")
    digest = plan_digest(
        plan, config=settled, model_digest=described.digest if described else None, fingerprint=dataset.fingerprint
    )
    kind = row.name if plan.lab is None else f"lab-{row.name}"
    maker = RequestMaker(plan=plan, dataset=dataset, split=parts, run_id=f"{kind}-{digest[:8]}")
    requests = maker if plan.lab is None else lab_requests(home, maker, plan.lab, recommender_type, row.name)
    manifest = _manifest(plan, row, settled, described, digest, maker, requests, recommender.prompt_hashes())
    if isinstance(requests, LabRequests):
        _check_base(manifest, requests.base.manifest)
    return PreparedRun(
        plan=plan,
        dataset=dataset,
        split=parts,
        requests=requests,
        recommender=recommender,
        manifest=manifest,
        item_vectors=ItemVectors(home.cache / "vectors"),
        home=home,
    )


def default_split(dataset: Dataset) -> str:
    """Return the split that is used where none is named."""
    return "given" if dataset.has_given_holdout else DEFAULT_SPLITS.get(dataset.name, "leave-last-out:1")


def fit_or_restore(home: Home, prepared: PreparedRun, progress: Progress) -> bool:
    """Make the recommender ready and return whether it took back what an earlier run with equal inputs had learned."""
    path = home.cache / "fitted" / f"{_fit_key(prepared)}.safetensors"
    kept = read_arrays(path)
    if kept is not None:
        prepared.recommender.restore(prepared.training, kept)
        return True
    prepared.recommender.fit(prepared.training, progress)
    state = prepared.recommender.state()
    if state:
        write_arrays(path, state)
    return False


def _open(plan: RunPlan, row: registry.Row) -> LanguageModel | None:
    if row.default_model is None:
        if plan.model is not None:
            raise PlanError(f"{row.name} uses no language model; leave --model out.")
        return None
    opened = open_model(plan.model or row.default_model, device=plan.device)
    missing = row.needs - opened.capabilities
    if missing:
        raise PlanError(f"{row.name} needs a model that can {', '.join(sorted(missing))}; {opened.name} cannot.")
    return opened


def _manifest(
    plan: RunPlan,
    row: registry.Row,
    config: Mapping[str, object],
    model: ModelDescription | None,
    digest: str,
    maker: RequestMaker,
    requests: RequestMaker | LabRequests,
    prompt_hashes: Mapping[str, str],
) -> RunManifest:
    spec = maker.split.spec
    return RunManifest(
        run_id=maker.run_id,
        plan_digest=digest,
        label=plan.label or row.name,
        recommender=row.name,
        paradigm=row.paradigm,
        config=config,
        dataset_name=maker.dataset.name,
        dataset_fingerprint=maker.dataset.fingerprint,
        model_name=model.name if model else None,
        model_digest=model.digest if model else None,
        model_details=_model_details(model) if model else {},
        device=model.device if model else "cpu",
        k=plan.k,
        seed=plan.seed,
        split_kind=spec.kind,
        split_n=spec.n if spec.kind == "leave-last-out" else None,
        split_cutoff=spec.cutoff,
        candidate_protocol=plan.candidates,
        n_repeats=plan.repeats,
        variants=requests.variants if isinstance(requests, LabRequests) else variant_records(plan),
        n_planned=len(requests),
        constraints=plan.constraints.record(),
        allows_repeat_consumption=plan.allow_repeat_consumption,
        prompt_hashes=dict(prompt_hashes),
        package_versions=package_versions(),
        planned_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        base_run_id=plan.lab.base_run_id if plan.lab is not None else None,
    )


def _check_base(lab: RunManifest, base: RunManifest) -> None:
    """Refuse a lab run that would ask another model, dataset or prompt than its base run did."""
    prompts = {name: value for name, value in lab.prompt_hashes.items() if name in base.prompt_hashes}
    pairs = {
        "model": ((lab.model_name, lab.model_digest), (base.model_name, base.model_digest)),
        "dataset": (lab.dataset_fingerprint, base.dataset_fingerprint),
        "prompts": (prompts, {name: base.prompt_hashes[name] for name in prompts}),
        "options": (dict(lab.config), dict(base.config)),
    }
    changed = [what for what, (now, then) in pairs.items() if now != then]
    if changed:
        raise PlanError(
            f"Since run {base.run_id} was made, its {' and its '.join(changed)} changed: lists of before and after "
            "cannot be compared. Run it again, then plan the lab run from the new one."
        )


def _model_details(model: ModelDescription) -> dict[str, str]:
    sizes = {
        "quantisation": model.quantisation,
        "parameters": "" if model.parameters is None else str(model.parameters),
        "context_length": "" if model.context_length is None else str(model.context_length),
    }
    return {name: value for name, value in {**sizes, **model.details}.items() if value}


def package_versions() -> dict[str, str]:
    """Return package -> version of what a run's numbers may depend on."""
    versions = {"python": platform.python_version()}
    for package in RECORDED_PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions


def _fit_key(prepared: PreparedRun) -> str:
    """Return a key of everything that fitting depends on; users, k and variants are not among it."""
    manifest = prepared.manifest
    content = [
        manifest.recommender,
        manifest.package_versions.get("recaudit"),
        dict(manifest.config),
        manifest.dataset_fingerprint,
        prepared.split.spec.model_dump(mode="json"),
        manifest.model_digest,
        manifest.seed,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _told(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'options'}: {e['msg']}" for e in error.errors())
