"""Fill a home folder with a small real log: a dataset imported from CSV files and journals of five runs and more."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from engine.datasets.importing import ImportOptions, import_dataset
from engine.datasets.loaders.source import Source
from engine.datasets.schema import Dataset
from engine.home import Home
from engine.records import (
    AnsweredRequest,
    Constraints,
    FitRecord,
    Generation,
    Intervention,
    LabTest,
    Match,
    MatchKind,
    Message,
    Outcome,
    Paradigm,
    Recommendation,
    RunEnd,
    RunManifest,
    Slot,
    Step,
    Variant,
)
from engine.runlog.codec import load
from engine.runlog.derived import SCHEMAS, write_derived
from engine.runlog.journal import JournalWriter, journal_path, read_journal, read_records

HOSTILE_TITLE = (
    'Heat <script>alert("x")</script> **bold** $E=mc^2$ :smile: :red[red] `code` [link](https://example.invalid)'
)
HOSTILE_NAME = '<img src=x onerror=alert(1)> "Maker" </script>'
FINISHED = ("most-popular", "item-knn", "unisrec", "zero-shot", "cot-matcher")
DATASET = "tiny"
DISCLOSURE = "simulated behaviour"
BEGAN = 1_700_000_000
DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How a run of the fixture behaves: how often it hits and what it loses."""

    recommender: str
    paradigm: Paradigm
    model: str | None
    hit: float  # probability that the held-out item is in the list
    invented: float  # probability that a slot names nothing in the catalogue
    duplicate: float = 0.0
    reasons: bool = False


KINDS = {
    kind.recommender: kind
    for kind in (
        Kind(recommender="most-popular", paradigm=Paradigm.BASELINE, model=None, hit=0.15, invented=0.0),
        Kind(recommender="item-knn", paradigm=Paradigm.BASELINE, model=None, hit=0.35, invented=0.0),
        Kind(recommender="unisrec", paradigm=Paradigm.SRE, model="minilm", hit=0.45, invented=0.0),
        Kind(recommender="zero-shot", paradigm=Paradigm.GR, model="embedded", hit=0.3, invented=0.12, duplicate=0.05),
        Kind(recommender="cot-matcher", paradigm=Paradigm.DMI, model="embedded", hit=0.25, invented=0.03, reasons=True),
    )
}


def import_tiny(
    home: Home, folder: Path, *, n_users: int = 60, n_items: int = 80, attributes: bool = True, graph: bool = True
) -> Dataset:
    """Write CSV files and import them, the way a person would."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(7)
    titles = [HOSTILE_TITLE] + [f"{_ADJECTIVES[i % 12]} {_NOUNS[i // 12 % 10]} {i}" for i in range(1, n_items)]
    _write(folder / "items.csv", ["item_id", "title", "domain", "categories", "year", "provider"], [
        [f"i{i:03d}", title, ("films", "books")[i % 2], _GENRES[i % 5], 1960 + i % 60, f"House {i % 4}"]
        for i, title in enumerate(titles)
    ])  # fmt: skip
    if attributes:
        _write(folder / "users.csv", ["user_id", "age_band", "gender"], [
            [f"u{u:03d}", ("18-34", "35-54", "55+")[u % 3], _gender(u)] for u in range(n_users)
        ])  # fmt: skip
    rows = []
    for u in range(n_users):
        items = rng.sample(range(n_items), 8)
        if u == 0:
            items = [0, *[i for i in items if i][:7]]
        for place, item in enumerate(items):
            rows.append([f"u{u:03d}", f"i{item:03d}", BEGAN + place * DAY + u * 60, 1 + rng.randrange(5)])
    _write(folder / "interactions.csv", ["user_id", "item_id", "timestamp", "rating"], rows)
    if graph:
        _write_graph(folder, titles)
    import_dataset(home, Source(folder=folder), DATASET, ImportOptions(format="csv"))
    return _disclosed(home)


def _write_graph(folder: Path, titles: Sequence[str]) -> None:
    """Write a knowledge graph: every item has a maker, eight items each; the first maker has a hostile name."""
    makers = {f"m{place}": HOSTILE_NAME if place == 0 else f"Maker {place}" for place in range((len(titles) + 7) // 8)}
    _write(folder / "entities.csv", ["entity_id", "label", "kind", "item_id"], [
        *([f"e{i:03d}", title, "item", f"i{i:03d}"] for i, title in enumerate(titles)),
        *([maker, name, "person", ""] for maker, name in makers.items()),
    ])  # fmt: skip
    made = [[f"e{i:03d}", "made_by", f"m{i // 8}"] for i in range(len(titles))]
    _write(folder / "triples.csv", ["head", "relation", "tail"], made)


def write_run(
    home: Home,
    dataset: Dataset,
    recommender: str,
    *,
    run_id: str | None = None,
    label: str | None = None,
    users: int | None = None,
    answered: int | None = None,
    status: str | None = "finished",
    k: int = 5,
    lose_all: bool = False,
    minutes_ago: int = 0,
) -> str:
    """Write the journal of a run and return its id. `status` None leaves it open, as a killed run does."""
    kind = KINDS[recommender]
    run_id = run_id or f"{recommender}-{len(list(home.journals.glob('*.jsonl'))):08x}"
    user_ids = sorted(set(dataset.interactions["user_id"]))[:users]
    rows = {u: list(part.itertuples()) for u, part in dataset.interactions.groupby("user_id")}
    manifest = _manifest(run_id, kind, dataset, label or recommender, len(user_ids), k, minutes_ago)
    rng = random.Random(f"{run_id}")
    answers = [
        _answer(index, run_id, user, rows[user], dataset, kind, k, rng, lose_all)
        for index, user in enumerate(user_ids[:answered])
    ]
    with JournalWriter(journal_path(home, run_id)) as journal:
        journal.append([manifest, FitRecord(seconds=1.25, restored=False, recorded_at=manifest.planned_at)])
        journal.append(answers)
        if status is not None:
            errors = sum(answer.error is not None for answer in answers)
            journal.append([RunEnd(status=status, detail="", n_answered=len(answers), n_errors=errors,
                                   finished_at=manifest.planned_at)])  # fmt: skip
    return run_id


def write_demo_log(home: Home, folder: Path, *, n_users: int = 60, attributes: bool = True) -> list[str]:
    """Fill the log with one finished run of each kind; returns their ids."""
    dataset = import_tiny(home, folder, n_users=n_users, attributes=attributes)
    return [write_run(home, dataset, name, minutes_ago=30 - place) for place, name in enumerate(FINISHED)]


def write_attributions(home: Home, run_id: str, *, n_requests: int = 3) -> None:
    """Keep explanations of the first list of some users, as `recaudit explain` does: made up, but they add up."""
    entries = list(read_journal(journal_path(home, run_id)))
    answers = [record for entry in entries if isinstance(record := load(entry.kind, entry.body), AnsweredRequest)]
    rows = []
    past = {u: list(part["item_id"]) for u, part in stored(home).interactions.groupby("user_id")}
    for answer in answers[:n_requests]:
        features = past[answer.user_id][: answer.n_history]
        parts = [round(1 / (1 + place) - 0.2, 3) for place in range(len(features))]
        for slot in answer.slots:
            if slot.outcome is Outcome.DELIVERED:
                rows += [
                    {
                        "request_id": answer.request_id, "slot_rank": slot.rank, "feature_kind": "history item",
                        "feature_index": place, "feature": feature, "contribution": parts[place],
                        "standard_error": 0.01 * place, "is_named": place == 0, "base_value": 0.5,
                        "score": 0.5 + sum(parts), "additivity_gap": 0.0, "n_evaluations": 128,
                        "method": "sampled Shapley values, 9 antithetic permutations, seed 0",
                    }
                    for place, feature in enumerate(features)
                ]  # fmt: skip
    table = pa.Table.from_pylist(rows, schema=SCHEMAS["attributions"])
    producer, head = "attributions 1; n_lists=0", entries[-1].hash
    write_derived(home, "attributions", run_id, table, producer=producer, journal_head=head)


def write_lab_run(home: Home, base_run_id: str) -> str:
    """Add a finished lab run: unchanged requests, and ones cut short whose lists turn round; returns its id."""
    records = list(read_records(journal_path(home, base_run_id)))
    base = next(record for record in records if isinstance(record, RunManifest))
    run_id = f"lab-{base_run_id}"
    manifest = replace(
        base, run_id=run_id, label=f"lab of {base.label}", base_run_id=base_run_id,
        planned_at="2026-03-01T11:00:00.000+00:00", plan_digest=run_id.ljust(64, "0"),
    )  # fmt: skip
    asked: list[AnsweredRequest] = []
    for answer in (record for record in records if isinstance(record, AnsweredRequest)):
        for test, level in ((LabTest.FLOOR, ""), *((LabTest.EARLY, share) for share in ("0", "0.25", "0.5", "0.75"))):
            how = Intervention(test=test, level=level, method="by hand", base_request_id=answer.request_id)
            slots = answer.slots if test is LabTest.FLOOR else tuple(
                replace(slot, rank=place) for place, slot in enumerate(reversed(answer.slots), start=1)
            )  # fmt: skip
            asked.append(
                replace(
                    answer, request_index=len(asked), request_id=f"{run_id}:{len(asked):06d}", slots=slots,
                    variant=Variant(name=f"lab:{test}:{level}"), intervention=how,
                )
            )  # fmt: skip
    return _finished(home, manifest, asked)


def write_stated_run(home: Home, base_run_id: str) -> str:
    """Add a finished run that asks three times neutrally and once with each gender stated; returns its id.

    The third neutral list loses its last place, and lists with a gender stated turn round.
    """
    stated = [Variant(name=f"gender={gender}", statement=f"My gender is {gender}.") for gender in "fm"]
    records = list(read_records(journal_path(home, base_run_id)))
    base = next(record for record in records if isinstance(record, RunManifest))
    run_id = f"stated-{base_run_id}"
    manifest = replace(
        base, run_id=run_id, label=f"stated {base.label}", planned_at="2026-03-01T12:00:00.000+00:00",
        plan_digest=run_id.ljust(64, "0"), n_repeats=3,
        variants=(Variant(), *stated),
    )  # fmt: skip
    asked: list[AnsweredRequest] = []
    for answer in (record for record in records if isinstance(record, AnsweredRequest)):
        turned = tuple(replace(slot, rank=place) for place, slot in enumerate(reversed(answer.slots), start=1))
        shorter = (*answer.slots[:-1], _lost(len(answer.slots), Outcome.MISSING, "", ""))
        forms = [(Variant(), repeat, (answer.slots, answer.slots, shorter)[repeat]) for repeat in range(3)]
        forms += [(variant, 0, turned) for variant in stated]
        for variant, repeat, slots in forms:
            asked.append(
                replace(
                    answer, request_index=len(asked), request_id=f"{run_id}:{len(asked):06d}", slots=slots,
                    variant=variant, repeat=repeat,
                )
            )  # fmt: skip
    return _finished(home, manifest, asked)


def _finished(home: Home, manifest: RunManifest, asked: Sequence[AnsweredRequest]) -> str:
    """Write the journal of a run that answered all of these; returns its id."""
    end = RunEnd(status="finished", detail="", n_answered=len(asked), n_errors=0, finished_at=manifest.planned_at)
    with JournalWriter(journal_path(home, manifest.run_id)) as journal:
        journal.append([replace(manifest, n_planned=len(asked))])
        journal.append(asked)
        journal.append([end])
    return manifest.run_id


def stored(home: Home) -> Dataset:
    """Return the dataset of the fixture."""
    from engine.datasets.store import load_dataset

    return load_dataset(home, DATASET)


def _disclosed(home: Home) -> Dataset:
    """Store the dataset again with what must be said of it, as the sample world's loader does."""
    from engine.datasets.store import load_dataset, quality_of, save_dataset

    dataset = replace(load_dataset(home, DATASET), disclosure=DISCLOSURE)
    save_dataset(home, dataset, quality_of(home, DATASET), replace=True)
    return dataset


def _manifest(run_id: str, kind: Kind, dataset: Dataset, label: str, n: int, k: int, minutes_ago: int) -> RunManifest:
    return RunManifest(
        run_id=run_id, plan_digest=run_id.ljust(64, "0"), label=label, recommender=kind.recommender,
        paradigm=kind.paradigm, config={}, dataset_name=dataset.name, dataset_fingerprint=dataset.fingerprint,
        model_name=kind.model, model_digest="ab" * 32 if kind.model else None, model_details={}, device="cpu", k=k,
        seed=0, split_kind="leave-last-out", split_n=1, split_cutoff=None, candidate_protocol="full", n_repeats=1,
        variants=(Variant(),), n_planned=n, constraints=Constraints(), allows_repeat_consumption=False,
        prompt_hashes={}, package_versions={}, planned_at=f"2026-03-01T10:{59 - minutes_ago:02d}:00.000+00:00",
    )  # fmt: skip


def _answer(
    index: int, run_id: str, user: str, rows: Sequence, dataset: Dataset, kind: Kind, k: int, rng: random.Random,
    lose_all: bool,
) -> AnsweredRequest:  # fmt: skip
    history, target = [row.item_id for row in rows[:-1]], rows[-1].item_id
    slots, steps = _slots(history, target, dataset, kind, k, rng, lose_all)
    error = "RuntimeError: the model gave no answer" if lose_all and index == 0 else None
    text = "\n".join(f"{s.rank}. {s.recommendation.raw_text}" for s in slots if s.recommendation)
    prompt = (Message(role="system", content="You recommend."), Message(role="user", content="I liked <b>Heat</b>."))
    call = Generation(
        messages=prompt, text=text, model=kind.model or "", tokens_in=120, tokens_out=40, latency_ms=200.0, seed=1
    )
    return AnsweredRequest(
        request_index=index, request_id=f"{run_id}:{index:06d}", user_id=user, variant=Variant(), repeat=0, k=k,
        n_history=len(history), n_holdout=1, cutoff=int(rows[-1].timestamp), candidates=None,
        constraints=Constraints(), seed=index, slots=slots, steps=steps if kind.reasons else (),
        generations=(call,) if kind.model in {"embedded"} else (), latency_ms=12.5, error=error,
        recorded_at="2026-03-01T10:59:00.000+00:00",
    )  # fmt: skip


def _slots(
    history: list[str], target: str, dataset: Dataset, kind: Kind, k: int, rng: random.Random, lose_all: bool
) -> tuple[tuple[Slot, ...], tuple[Step, ...]]:
    unseen = [item for item in dataset.item_ids if item not in history and item != target]
    offered = rng.sample(unseen, k)
    if rng.random() < kind.hit:
        offered[rng.randrange(k)] = target
    slots, steps = [], [Step(kind="preferences", text="Likes heists & slow <i>cinema</i>.")]
    for rank, item_id in enumerate(offered, start=1):
        title = dataset.item(item_id).title
        draw = rng.random()
        if lose_all or draw < kind.invented:
            slots.append(_lost(rank, Outcome.OUT_OF_CATALOGUE, "no such title", f"The Invented {HOSTILE_TITLE} {rank}"))
            continue
        if draw < kind.invented + kind.duplicate and slots and slots[-1].recommendation:
            slots.append(_lost(rank, Outcome.DUPLICATE, "same as an earlier rank", slots[-1].recommendation.raw_text))
            continue
        reason = f"Because you watched {dataset.item(history[0]).title}, {title} fits." if kind.reasons else ""
        match = Match(item_id=item_id, kind=MatchKind.EXACT if kind.model == "embedded" else MatchKind.IDENTIFIER)
        slots.append(
            Slot(rank=rank, outcome=Outcome.DELIVERED, recommendation=Recommendation(
                rank=rank, raw_text=title, match=match, score=round(1 / rank, 3), rationale=reason))
        )  # fmt: skip
        steps.append(Step(kind="judge", text=f"{title}: yes.", item_id=item_id))
    return tuple(slots), tuple(steps)


def _lost(rank: int, outcome: Outcome, detail: str, text: str) -> Slot:
    return Slot(rank=rank, outcome=outcome, detail=detail,
                recommendation=Recommendation(rank=rank, raw_text=text, match=None))  # fmt: skip


def _gender(u: int) -> str:
    """Return a group: unknown for some, and one of so few users that it must not be shown."""
    return "" if u % 9 == 0 else ("nonbinary" if u % 30 == 1 else "fm"[u % 2])


def _write(path: Path, header: list[str], rows: list[list[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


_ADJECTIVES = (
    "Quiet",
    "Red",
    "Long",
    "Silver",
    "Lost",
    "Northern",
    "Second",
    "Broken",
    "Golden",
    "Last",
    "Open",
    "Deep",
)
_NOUNS = ("Harbour", "Winter", "Garden", "Letter", "Orchard", "Station", "Island", "Mirror", "Voyage", "Signal")
_GENRES = ("Drama", "Comedy", "Crime", "Romance", "Science fiction")
