"""Published lists, imported and measured, against the tables that their authors published (Di Palma et al. 2023)."""

from __future__ import annotations

import csv
import os
from itertools import islice
from pathlib import Path

import pytest

from audits.evidence import open_evidence
from audits.measuring import Lists, measure
from audits.metrics.catalogue import find_metric
from audits.statistics.resampling import Resampling
from engine.datasets.importing import ImportOptions, import_dataset
from engine.datasets.loaders.mapping import parse_mapping
from engine.datasets.loaders.source import Source
from engine.home import Home
from engine.runlog.index import RunLog
from engine.runlog.outside.importing import ImportPlan, import_run
from engine.runlog.outside.reading import Form

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("RECAUDIT_TEST_DATA") or ROOT.parent / "shared" / "data")
LASTFM, BOOKS = FOLDER / "lastfm-lists", FOLDER / "chatgpt-books"
HOW = Resampling(resamples=1000, seed=1, method="normal")


def published(folder: Path, table: str, model: str) -> dict[str, float]:
    with (folder / table).open(encoding="utf-8", newline="") as lines:
        row = next(row for row in csv.DictReader(lines, delimiter="\t") if row["model"].startswith(model))
    return {name: float(value) for name, value in row.items() if name != "model"}


def measured(home: Home, run_id: str, ranks: str) -> dict[str, float]:
    """Return the metrics at 10 under the names of the published table."""
    with RunLog(home).connect() as connection:
        evidence = open_evidence(connection, [run_id])
        lists = Lists(k=10, ranks=ranks)
        names = {
            "nDCGRendle2020": "ndcg", "Recall": "recall", "HR": "hit_rate", "MRR": "mrr", "Precision": "precision",
            "SEntropy": "entropy", "ARP": "arp", "coverage": "coverage", "gini": "gini",
        }  # fmt: skip
        found = {}
        for theirs, ours in names.items():
            (one,) = measure(evidence, find_metric(ours), HOW, lists)
            assert one.value is not None
            found[theirs] = one.value
        n_items = connection.execute("select n_items from datasets join runs using (dataset_fingerprint)").fetchall()[
            0
        ][0]
    found["ItemCoverage"] = found.pop("coverage") * n_items
    found["Gini"] = 1 - found.pop("gini") * n_items / (n_items - 1)  # theirs is 1 - G, G corrected for n
    return found


@pytest.fixture(scope="module")
def lastfm(tmp_path_factory) -> Home:
    if not LASTFM.is_dir():
        pytest.skip(f"no folder {LASTFM}; RECAUDIT_TEST_DATA names its parent")
    home = Home(tmp_path_factory.mktemp("lastfm") / "home")
    source = Source(files={"interactions": LASTFM / "train.tsv", "holdout": LASTFM / "test.tsv"})
    mapping = parse_mapping(["headers.interactions=user_id,item_id,rating"])
    import_dataset(home, source, "lastfm", ImportOptions(mapping=mapping, items_from_interactions=True))
    return home


@pytest.mark.parametrize("model", ["MostPop", "UserKNN"])
def test_lastfm_lists_give_the_published_table(lastfm, model):
    form = Form(has_header=False, columns=("user", "item", "score"))
    made = import_run(lastfm, ImportPlan(files=(LASTFM / f"{model}.tsv",), dataset="lastfm", name=model, form=form))
    assert (made.counts.read, made.counts.taken, made.k) == (89_850, 89_850, 50)
    table = published(LASTFM, "table_cutoff_10.tsv", model)
    for name, value in measured(lastfm, made.run_id, "strict").items():
        assert value == pytest.approx(table[name], abs=1e-6), name


@pytest.fixture(scope="module")
def books(tmp_path_factory) -> Home:
    if not BOOKS.is_dir():
        pytest.skip(f"no folder {BOOKS}; RECAUDIT_TEST_DATA names its parent")
    home = Home(tmp_path_factory.mktemp("books") / "home")
    names = {"interactions": "train.tsv", "holdout": "test.tsv", "items": "books.tsv"}
    mapping = parse_mapping(["headers.interactions=user_id,item_id,rating", "headers.items=item_id,title"])
    options = ImportOptions(mapping=mapping, warm_holdout=True)
    import_dataset(home, Source(files={key: BOOKS / name for key, name in names.items()}), "books", options)
    return home


def test_the_authors_matching_of_the_books_gives_their_accuracy(books):
    """Accuracy and entropy agree within 2%.

    Coverage, popularity and concentration cannot: their evaluation leaves out items without knowledge-graph features,
    2,234 of 2,639 books of the training part stay, and which ones is not published.
    """
    form = Form(has_header=False, columns=("user", "item", "-"))  # 779 ranks are there twice: the file's order counts
    plan = ImportPlan(files=(BOOKS / "published" / "ChatGPT_matched.tsv",), dataset="books", name="matched", form=form)
    made = import_run(books, plan)
    assert (made.counts.read, made.counts.taken, made.n_lists) == (64_929, 64_929, 1_398)
    table = published(BOOKS / "published", "table_cutoff_10.tsv", "output_exp_1")
    compacted = measured(books, made.run_id, "compacted")
    for name in ("nDCGRendle2020", "HR", "MRR", "SEntropy"):
        assert compacted[name] == pytest.approx(table[name], rel=0.02), name
    assert compacted["ARP"] == pytest.approx(table["ARP"], rel=0.05)
    strict = measured(books, made.run_id, "strict")
    assert strict["nDCGRendle2020"] < compacted["nDCGRendle2020"]  # a lost slot keeps its place


def test_raw_answers_are_grounded_as_one_command_says(books, tmp_path):
    some = tmp_path / "responses.jsonl"
    with (BOOKS / "responses.jsonl").open(encoding="utf-8") as lines:
        some.write_text("".join(islice(lines, 40)), encoding="utf-8")
    made = import_run(books, ImportPlan(files=(some,), dataset="books", name="chatgpt", k=50))
    assert made.mapping == {"user": "user_id", "answer": "response"}
    counts = {count.name: count.n for count in RunLog(books).outcome_details(made.run_id)}
    print(counts)
    assert sum(counts.values()) == 40 * 50
    assert 0.6 < counts["delivered"] / 2_000 < 0.8
    assert {"out_of_catalogue: series", "out_of_catalogue: near miss", "duplicate", "already_consumed"} <= set(counts)
