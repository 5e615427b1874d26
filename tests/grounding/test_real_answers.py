"""Real answers of a large model (Di Palma et al. 2023, Facebook Books) against the authors' own matching of them."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from engine.grounding import Grounder, read_lines
from engine.records import Item

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("RECAUDIT_TEST_DATA") or ROOT.parent / "shared" / "data") / "chatgpt-books"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no folder {FOLDER}; RECAUDIT_TEST_DATA names its parent")


@pytest.fixture(scope="module")
def compared() -> Counter[str]:
    """Count how the lines of the first 300 answers were resolved, here and by the authors."""
    items = {row[0]: Item(item_id=row[0], title=row[1]) for row in _rows("books.tsv")}
    published = {(user, int(rank)): item for user, item, rank in _rows("published/ChatGPT_matched.tsv")}
    with (FOLDER / "responses.jsonl").open(encoding="utf-8") as lines:
        answers = [json.loads(line) for line in islice(lines, 300)]
    entries = [
        (answer["user_id"], rank, line)
        for answer in answers
        for rank, line in enumerate(read_lines(answer["response"], 50), start=1)
    ]
    matches = Grounder(items).ground([line.title or "" for _, _, line in entries])
    counts: Counter[str] = Counter(answers=len(answers), lines=len(entries))
    for (user, rank, line), match in zip(entries, matches, strict=True):
        mine, theirs = match.item_id if match else None, published.get((user, rank))
        if "1984" in (line.title or ""):  # theirs is 1Q84
            counts["1984 here"] += mine is not None and items[mine].title == "Nineteen Eighty-Four"
            counts["1984"] += 1
            continue
        counts["unparseable"] += line.title is None
        counts["both"] += mine is not None and theirs is not None
        counts["same"] += mine == theirs is not None
        counts["only here"] += mine is not None and theirs is None
        counts["only theirs"] += mine is None and theirs is not None
    return counts


def _rows(name: str) -> list[list[str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_nearly_every_answer_is_a_list_of_fifty(compared: Counter[str]):
    assert 48 <= compared["lines"] / compared["answers"] <= 51
    assert compared["unparseable"] / compared["lines"] < 0.02


def test_where_both_find_a_book_it_is_nearly_always_the_same(compared: Counter[str]):
    """The rest is mostly theirs: "The Iliad by Homer" -> "The Belgariad", "The Host by ..." -> "The Hot Zone"."""
    print(dict(compared))
    assert compared["1984 here"] == compared["1984"] > 100
    assert compared["same"] / compared["both"] >= 0.96


def test_no_book_that_is_not_in_the_catalogue_is_matched():
    """The authors match "Gone Girl" to "The Onion Girl", for example, which it is not."""
    grounder = Grounder({row[0]: Item(item_id=row[0], title=row[1]) for row in _rows("books.tsv")})
    absent = ["Gone Girl by Gillian Flynn", "The Color Purple by Alice Walker"]
    assert grounder.ground(absent) == [None, None]
    present = [
        "1984 by George Orwell",
        "It by Stephen King",
        "Dune by Frank Herbert",
        "City of Bones by Cassandra Clare",
    ]
    titles = [match and grounder.items[match.item_id].title for match in grounder.ground(present)]
    assert titles == ["Nineteen Eighty-Four", "It (novel)", "Dune (novel)", "City of Bones (Mortal Instruments)"]
