"""Import a dataset from files: find the format, read, check, store. The one way in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.datasets.assembly import Assembled, assemble
from engine.datasets.files.raw import RawDataset
from engine.datasets.loaders import movielens_original, recbole, tabular
from engine.datasets.loaders.mapping import ColumnMapping
from engine.datasets.loaders.source import Source
from engine.datasets.problems import Problems
from engine.datasets.quality import QualityReport
from engine.datasets.schema import Dataset
from engine.datasets.store import SAMPLE_WORLD, check_name, save_dataset, stored_dataset
from engine.errors import DatasetError
from engine.home import Home

FORMATS = ("auto", "movielens", "recbole", "csv")
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """How to import. `now` in seconds since the epoch: later interactions are bad rows; None: not checked."""

    format: str = "auto"
    mapping: ColumnMapping = field(default_factory=ColumnMapping)
    skip_bad_rows: bool = False
    replace: bool = False
    now: int | None = None
    warm_holdout: bool = False  # leave held-out interactions with items out that no other interaction has
    items_from_interactions: bool = False  # where there is no catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import stored. `rejects`: the CSV of refused rows, None where there were none."""

    dataset: Dataset
    quality: QualityReport
    folder: Path
    rejects: Path | None


def import_dataset(
    home: Home, source: Source, name: str, options: ImportOptions | None = None, told: Told = lambda _what: None
) -> Imported:
    """Import a source under a name, whole or not at all. `told` hears what is going on.

    Raises:
        DatasetError: the source is missing, malformed, of no known format, or the name is taken.
    """
    options = options or ImportOptions()
    check_name(name)
    if name == SAMPLE_WORLD:
        raise DatasetError(f"{SAMPLE_WORLD!r} is the name of the packaged sample world; choose another.")
    problems = Problems(skip_bad_rows=options.skip_bad_rows)
    told("reading")
    raw = read_source(source, options, problems)
    told("checking")
    assembled: Assembled = assemble(raw, problems, name=name, now=options.now, warm_holdout=options.warm_holdout)
    told("storing")
    folder = save_dataset(
        home, assembled.dataset, assembled.quality, replace=options.replace, rejects=assembled.rejects
    )
    rejects = folder / stored_dataset(home, name).rows / "rejects.csv"
    return Imported(
        dataset=assembled.dataset,
        quality=assembled.quality,
        folder=folder,
        rejects=rejects if rejects.exists() else None,
    )


def read_source(source: Source, options: ImportOptions, problems: Problems) -> RawDataset:
    """Read a source in the format that the options name, or in the first that recognises its files.

    Raises:
        DatasetError: the source is missing or of no known format.
    """
    source.check()
    chosen = options.format if options.format != "auto" else _detected(source)
    mapping = options.mapping
    if chosen != "csv" and mapping != ColumnMapping(options=mapping.options):
        raise DatasetError(f"--map renames columns of CSV, JSON lines or Parquet files; {source.label} is {chosen}.")
    match chosen:
        case "movielens":
            given = "encoding" in mapping.options.model_fields_set
            return movielens_original.read(source, problems, encoding=mapping.options.encoding if given else "latin-1")
        case "recbole":
            return recbole.read(source, problems, encoding=mapping.options.encoding)
        case "csv":
            return tabular.read(source, problems, mapping, items_from_interactions=options.items_from_interactions)
        case unknown:
            raise DatasetError(f"There is no format {unknown!r}; there are: {', '.join(FORMATS)}.")


def _detected(source: Source) -> str:
    loaders: Sequence[tuple[str, Callable[[Source], bool]]] = (
        ("csv", lambda s: bool(s.files)),
        ("recbole", recbole.detects),
        ("movielens", movielens_original.detects),
        ("csv", tabular.detects),
    )
    for name, detects in loaders:
        if detects(source):
            return name
    found = ", ".join(path.name for path in source.glob("*")[:12]) or "nothing"
    raise DatasetError(
        f"{source.label}: no known format. Expected <name>.inter (RecBole), u.data or ratings.dat (MovieLens), or "
        f"interactions.csv/.tsv/.parquet/.jsonl with items and users beside it; found {found}. Name files with "
        "--interactions, --items and --users."
    )
