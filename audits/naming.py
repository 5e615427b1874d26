"""What people call runs: the label, and where other runs have the same one, what tells them apart. Nothing is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.runlog.summaries import RunSummary

ID_END = 8  # characters of a run's id that are its own: ids begin with the recommender


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A run as far as its name goes."""

    run_id: str
    label: str
    recommender: str
    model_name: str | None
    seed: int
    k: int


def labelled(rows: Iterable[Sequence]) -> list[Labelled]:
    """Return runs of rows of the query `run_labels`."""
    return [
        Labelled(run_id=run_id, label=label, recommender=recommender, model_name=model, seed=seed, k=k)
        for run_id, label, recommender, model, seed, k in rows
    ]


def told_apart(runs: Sequence[Labelled | RunSummary]) -> dict[str, str]:
    """Return each run's name by run id, no two the same.

    A run that shares its label with another is named with whatever of model, seed and k differs among them, for
    example "unisrec (seed 2)"; with the end of its id where that is not enough, and with all of it where ids end alike
    or another run's label reads like the name.
    """
    by_label: dict[str, list[Labelled | RunSummary]] = {}
    for run in runs:
        by_label.setdefault(run.label or run.recommender, []).append(run)
    return one_each({run_id: name for label, own in by_label.items() for run_id, name in _names(label, own).items()})


def one_each(names: Mapping[str, str]) -> dict[str, str]:
    """Return names by run id, the whole id added to those that several runs have, until no two are the same."""
    made = dict(names)
    while repeated := {name for name, n in Counter(made.values()).items() if n > 1}:
        made = {run_id: f"{name} ({run_id})" if name in repeated else name for run_id, name in made.items()}
    return made


def _names(label: str, runs: Sequence[Labelled | RunSummary]) -> Mapping[str, str]:
    if len(runs) == 1:
        return {runs[0].run_id: label}
    traits = [(run.model_name or "no model", f"seed {run.seed}", f"k {run.k}") for run in runs]
    differ = [place for place in range(3) if len({own[place] for own in traits}) > 1]
    said = {run.run_id: [own[place] for place in differ] for run, own in zip(runs, traits, strict=True)}
    shared = list(said.values())
    ends = [run_id[-ID_END:] for run_id in said]
    names = {}
    for run_id, own in said.items():
        end = run_id[-ID_END:] if ends.count(run_id[-ID_END:]) == 1 else run_id
        names[run_id] = f"{label} ({', '.join([*own, end] if shared.count(own) > 1 else own)})"
    return names
