"""Import recommendations that were made elsewhere as a run like any other: whole, or not at all.

Files are read in batches, checked, staged, resolved against a dataset, and kept as segments; then the run's journal,
which holds what the run is, the segments' digests and its end, appears under its name in one step.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from engine.datasets.schema import Dataset
from engine.datasets.splits import Split, parse_split, split
from engine.datasets.store import load_dataset
from engine.errors import LogError
from engine.home import Home
from engine.preparation import default_split, package_versions
from engine.records import Constraints, Paradigm, RunEnd, RunManifest, SegmentRecord, Variant
from engine.runlog.journal import JournalWriter, journal_path
from engine.runlog.outside.checking import Checker
from engine.runlog.outside.fields import settle_mapping
from engine.runlog.outside.queries import stage_query
from engine.runlog.outside.reading import Form, columns_of, read_batches
from engine.runlog.outside.rejects import Rejects
from engine.runlog.outside.stage import Stage, Told, ranges
from engine.runlog.segments import TABLES, digest_of, keep_segment

K_MAX = 1_000
RECOMMENDER = "imported"
_LISTS_IN_SEGMENT = 500_000
_STALE_SECONDS = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """What to import, and as what. `k` None: the longest list; `split` None: the dataset's own."""

    files: tuple[Path, ...]
    dataset: str
    name: str
    mapping: Mapping[str, str] = field(default_factory=dict)  # column -> field
    form: Form = field(default_factory=Form)
    k: int | None = None
    split: str | None = None
    paradigm: Paradigm | None = None  # None: GR where texts are grounded, else baseline
    label: str = ""
    model: str | None = None
    allow_repeat_consumption: bool = False
    memory_limit: str = "2GB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of the rows: read = taken + beyond k + refused. Of raw answers, a row is an answer."""

    read: int
    taken: int
    beyond_k: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRun:
    """What an import made. `reused`: the same import was made before, and nothing was done."""

    run_id: str
    counts: Counts
    mapping: Mapping[str, str]  # field -> column
    reasons: Mapping[str, int]
    n_lists: int
    n_users_without_list: int  # that have something held out
    k: int
    notes: tuple[str, ...] = ()
    rejects: Path | None = None
    reused: bool = False
    preview: tuple[tuple[str, ...], tuple[tuple, ...]] = ((), ())


def mapping_of(plan: ImportPlan) -> dict[str, str]:
    """Return field -> column as the import will use it, from the first file.

    Raises:
        LogError: the file cannot be read, or its columns do not say user and items.
    """
    if not plan.files:
        raise LogError("Name at least one file to import.")
    first = plan.files[0]
    return settle_mapping(columns_of(first, plan.form), plan.mapping, first.name)


def import_run(
    home: Home, plan: ImportPlan, *, told: Told = lambda _what, _share: None, dry_run: bool = False
) -> ImportedRun:
    """Import files as a run. `dry_run` does everything but keep it.

    Raises:
        LogError: a file cannot be read or lacks a column, no row is good, or the run exists.
        DatasetError: there is no such dataset.
        PlanError: the split does not fit it.
    """
    if plan.k is not None and not 1 <= plan.k <= K_MAX:
        raise LogError(f"k must lie between 1 and {K_MAX:,}, not at {plan.k}.")
    mapping = mapping_of(plan)
    dataset = load_dataset(home, plan.dataset)
    parts = split(dataset, parse_split(plan.split or default_split(dataset), dataset))
    told("hashing", 0.0)
    run_id, digest = run_id_of(plan.name, _content(plan, mapping, dataset, parts))
    if not dry_run and journal_path(home, run_id).exists():
        nothing = Counts(read=0, taken=0, beyond_k=0, refused=0)
        return ImportedRun(
            run_id=run_id, counts=nothing, mapping=mapping, reasons={}, n_lists=0, n_users_without_list=0,
            k=plan.k or 0, reused=True,
        )  # fmt: skip
    folder = home.cache / f"import-{secrets.token_hex(6)}"
    _sweep(home)
    try:
        with Stage(folder, plan.memory_limit) as stage:
            stage.set_dataset(dataset, parts)
            return _Import(home, plan, mapping, dataset, parts, digest, run_id, stage, folder, told, dry_run).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class _Import:
    home: Home
    plan: ImportPlan
    mapping: Mapping[str, str]
    dataset: Dataset
    parts: Split
    digest: str
    run_id: str
    stage: Stage
    folder: Path
    told: Told
    dry_run: bool
    rejects: Rejects = field(default_factory=Rejects)
    notes: list[str] = field(default_factory=list)

    def run(self) -> ImportedRun:
        n_read = self._read()
        asks_answers = "answer" in self.mapping
        self.told("ordering", 0.0)
        self.stage.settle(self.rejects, asks_answers=asks_answers, k_asked=self.plan.k)
        n_good = n_read - len(self.rejects)
        if not self.stage.n_lists:
            raise LogError(f"No row can be imported: {self._worst()} Nothing was imported.")
        if self.stage.ranks_from_zero:
            self.notes.append("ranks of the file begin at 0; they were counted from 1")
        k = self._k()
        beyond = 0 if asks_answers else self.stage.n_beyond(k)
        counts = Counts(read=n_read, taken=n_good - beyond, beyond_k=beyond, refused=len(self.rejects))
        self.stage.has_texts = bool({"raw_text", "answer"} & set(self.mapping))
        self.stage.ground(self.told)
        if self.dry_run:
            return self._result(counts, k, None)
        segments = self._segments(k)
        kept = self._keep_rejects()
        self._publish(counts, k, segments, kept)
        return self._result(counts, k, kept)

    def _read(self) -> int:
        n = 0
        total = sum(path.stat().st_size for path in self.plan.files)
        done = 0
        for path in self.plan.files:
            own = columns_of(path, self.plan.form)
            missing = [column for column in self.mapping.values() if column not in own]
            if missing:
                raise LogError(f"{path.name} lacks the columns {', '.join(missing)}; it has {', '.join(own)}.")
            before = len(self.rejects)
            checker = Checker(path.name, self.rejects)
            self.stage.begin_file(path.name)
            n_checked_refused = 0
            for batch in read_batches(path, self.plan.form, self.mapping, self.rejects):
                refused = len(self.rejects)
                self.stage.add(checker.checked(batch))
                n_checked_refused += len(self.rejects) - refused
                self.told("reading", done / total)
            n += checker.n_rows + len(self.rejects) - before - n_checked_refused
            done += path.stat().st_size
            if checker.n_scores_lost:
                self.notes.append(
                    f"{checker.n_scores_lost:,} scores of {path.name} are no finite number: kept as unknown"
                )
        if not n:
            raise LogError(f"{', '.join(path.name for path in self.plan.files)}: no rows. Nothing was imported.")
        return n

    def _k(self) -> int:
        if self.plan.k is not None:
            return self.plan.k
        longest = max(1, self.stage.longest)
        if longest > K_MAX:
            raise LogError(f"A list goes down to rank {longest:,}; say how long lists are with --k, at most {K_MAX:,}.")
        return longest

    def _segments(self, k: int) -> list[SegmentRecord]:
        wanted = ["requests", "slots"]
        wanted += ["rationales"] if self.stage.has_rationales else []
        wanted += ["generations"] if "answer" in self.mapping else []
        n = self.stage.n_lists
        now = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
        constraints = json.dumps(asdict(Constraints()), sort_keys=True)
        segments = []
        if self.plan.allow_repeat_consumption:
            self.stage.connection.execute("delete from consumed")
        for table in (name for name in TABLES if name in wanted):
            for first, last in ranges(n, _LISTS_IN_SEGMENT):
                self.told(f"writing {table}", first / n)
                values = {"first": first, "last": last, "k": k, "now": now, "constraints": constraints}
                written = self.folder / "segment.parquet"
                n_rows = self.stage.write(stage_query(table), values, written)
                if n_rows:
                    segments.append(keep_segment(self.home, written, table, n_rows))
        return segments

    def _keep_rejects(self) -> Path | None:
        if not len(self.rejects):
            return None
        path = self.home.rejects / f"{self.run_id}.rejects.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        hidden = self.folder / "rejects.jsonl"
        self.rejects.write(hidden)
        hidden.replace(path)
        return path

    def _publish(self, counts: Counts, k: int, segments: Sequence[SegmentRecord], rejects: Path | None) -> None:
        """Write the journal apart and give it its name: that is the moment in which the run exists."""
        hidden = self.home.journals / f".importing-{secrets.token_hex(6)}"
        hidden.mkdir(parents=True)
        try:
            path = hidden / f"{self.run_id}.jsonl"
            n = self.stage.n_lists
            ended = datetime.now(UTC).isoformat(timespec="milliseconds")
            end = RunEnd(status="finished", detail="imported", n_answered=n, n_errors=0, finished_at=ended)
            with JournalWriter(path) as journal:
                journal.append([self._manifest(counts, k, n, rejects), *segments, end])
            path.rename(journal_path(self.home, self.run_id))
        finally:
            shutil.rmtree(hidden, ignore_errors=True)

    def _manifest(self, counts: Counts, k: int, n: int, rejects: Path | None) -> RunManifest:
        plan, spec, models = self.plan, self.parts.spec, self.stage.models()
        files = [{"name": p.name, "sha256": digest_of(p), "bytes": p.stat().st_size} for p in plan.files]
        imported = {
            "files": files,
            "mapping": dict(self.mapping),
            "rows": asdict(counts),
            "rejects_sha256": None if rejects is None else digest_of(rejects),
            "users_without_list": self.stage.n_users_without_list(),
            "models": models,
            "notes": list(self.notes),
        }
        grounded = self.stage.has_texts
        return RunManifest(
            run_id=self.run_id,
            plan_digest=self.digest,
            label=plan.label or plan.name,
            recommender=RECOMMENDER,
            paradigm=plan.paradigm or (Paradigm.GR if grounded else Paradigm.BASELINE),
            config={"imported": imported},
            dataset_name=self.dataset.name,
            dataset_fingerprint=self.dataset.fingerprint,
            model_name=plan.model or (models[0] if len(models) == 1 else None),
            model_digest=None,
            model_details={},
            device="",
            k=k,
            seed=0,
            split_kind=spec.kind,
            split_n=spec.n if spec.kind == "leave-last-out" else None,
            split_cutoff=spec.cutoff,
            candidate_protocol="full",
            n_repeats=1,
            variants=(Variant(),),
            n_planned=n,
            constraints=Constraints(),
            allows_repeat_consumption=plan.allow_repeat_consumption,
            prompt_hashes={},
            package_versions=package_versions(),
            planned_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        )

    def _result(self, counts: Counts, k: int, rejects: Path | None) -> ImportedRun:
        names, rows = self.stage.preview(5)
        return ImportedRun(
            run_id=self.run_id,
            counts=counts,
            mapping=self.mapping,
            reasons=self.rejects.reasons(),
            n_lists=self.stage.n_lists,
            n_users_without_list=self.stage.n_users_without_list(),
            k=k,
            notes=tuple(self.notes),
            rejects=rejects,
            preview=(tuple(names), tuple(rows)),
        )

    def _worst(self) -> str:
        first = self.rejects.table().slice(0, 3).to_pylist()
        said = "; ".join(f"{row['file']}, line {row['line']:,}: {row['reason']}" for row in first)
        return f"{len(self.rejects):,} rows were refused ({said})." if first else "there are no rows."


def run_id_of(name: str, content: Mapping[str, object]) -> tuple[str, str]:
    """Return the id of a run of that name, and the digest of everything that makes it what it is.

    Raises:
        LogError: the name has neither a letter nor a digit.
    """
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return f"{_slug(name)}-{digest[:8]}", digest


def _content(plan: ImportPlan, mapping: Mapping[str, str], dataset: Dataset, parts: Split) -> dict[str, object]:
    return {
        "name": plan.name,
        "files": [digest_of(path) for path in plan.files],
        "mapping": dict(mapping),
        "form": asdict(plan.form),
        "dataset": dataset.fingerprint,
        "split": str(parts.spec),
        "k": plan.k,
        "paradigm": None if plan.paradigm is None else str(plan.paradigm),
        "model": plan.model,
        "allow_repeat_consumption": plan.allow_repeat_consumption,
    }


def _slug(name: str) -> str:
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._")[:100]
    if not slug:
        raise LogError(f"{name!r} cannot name a run: it needs a letter or a digit.")
    return slug


def _sweep(home: Home) -> None:
    """Delete what imports that were killed left behind long ago."""
    for left in (*home.cache.glob("import-*"), *home.journals.glob(".importing-*")):
        try:
            stale = time.time() - left.stat().st_mtime > _STALE_SECONDS
        except FileNotFoundError:  # its import has just ended
            continue
        if stale:
            shutil.rmtree(left, ignore_errors=True)
