"""Sentences with their claims and verdicts worked out by hand, and how well the checker finds them.

labelled.tsv: part (tuned, held-out), kind, item, history, sentence, claims. A claim is `subject > relation > value >
verdict`: subject "it" (the recommended item), an item id or "user"; verdict S, C or U. A value begins with "not " where
it is negated, "=" where it is said to be that of an item, "<", ">" or "~" where a number is compared, "?" where the
title is in no catalogue.
The phrases were tuned on the part "tuned" alone. Print the table: python -m tests.claims.labelled
"""

from __future__ import annotations

import csv
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from audits.claims.extraction import extract
from audits.claims.records import Comparison, Finding, Known, Statement, Subject, Verdict
from audits.claims.tokens import key
from audits.claims.verdicts import _same_person, judge
from audits.claims.world import World, make_world
from engine.datasets.schema import Dataset
from engine.datasets.store import load_dataset
from engine.home import Home

_FILE = Path(__file__).with_name("labelled.tsv")
_VERDICTS = {"S": Verdict.SUPPORTED, "C": Verdict.CONTRADICTED, "U": Verdict.UNVERIFIABLE}
_CREATORS = frozenset({"created_by", "directed_by", "written_by", "performed_by", "made_by"})
_PROVIDERS = frozenset({"published_by", "sold_by"})
_SIGNS = {"<": Comparison.BELOW, ">": Comparison.ABOVE, "~": Comparison.ABOUT}


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim as a person reads it."""

    subject: str
    relation: str
    value: str
    negated: bool
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Labelled:
    """One sentence, where it was said, and its claims."""

    part: str
    kind: str
    item_id: str
    history: tuple[str, ...]
    sentence: str
    claims: tuple[Claim, ...]


@dataclass
class Score:
    """Counts of one part."""

    n_sentences: int = 0
    n_gold: int = 0
    n_read: int = 0
    n_matched: int = 0
    n_right: int = 0  # matched, with the right verdict
    gold: Counter = field(default_factory=Counter)  # by verdict
    given: Counter = field(default_factory=Counter)
    right: Counter = field(default_factory=Counter)

    @property
    def precision(self) -> float:
        """Claims that are there, of those that were read."""
        return self.n_matched / self.n_read if self.n_read else float("nan")

    @property
    def recall(self) -> float:
        """Claims that were read, of those that are there."""
        return self.n_matched / self.n_gold if self.n_gold else float("nan")

    @property
    def agreement(self) -> float:
        """Right verdicts, of the claims that were found."""
        return self.n_right / self.n_matched if self.n_matched else float("nan")

    def verdict_precision(self, verdict: Verdict) -> float:
        """Right ones among the claims that were given a verdict; a claim that is not there is wrong."""
        return self.right[verdict] / self.given[verdict] if self.given[verdict] else float("nan")

    def verdict_recall(self, verdict: Verdict) -> float:
        """Found and given the verdict, among the claims that have it."""
        return self.right[verdict] / self.gold[verdict] if self.gold[verdict] else float("nan")


def read_labelled() -> list[Labelled]:
    """Return all labelled sentences."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Labelled(part, kind, item, tuple(history.split()), sentence, tuple(_claim(c) for c in claims.split(" ; ") if c))
        for part, kind, item, history, sentence, claims in rows[1:]
    ]


def world_of(dataset: Dataset) -> World:
    """Return a dataset's world."""
    labels = dict(zip(dataset.entities["entity_id"], dataset.entities["label"], strict=True))
    linked = dataset.entities.dropna(subset=["item_id"])
    items = dict(zip(linked["entity_id"], linked["item_id"], strict=True))
    triples = [
        (items[head], relation, labels[tail])
        for head, relation, tail in dataset.triples.itertuples(index=False, name=None)
        if head in items
    ]
    return make_world(dataset.items_by_id, triples)


def check(one: Labelled, world: World) -> list[tuple[Statement, Finding]]:
    """Return what the checker reads and finds."""
    known = Known(item_id=one.item_id, history=dict.fromkeys(one.history))
    return [(statement, judge(statement, known, world)) for statement in extract(one.sentence, world)]


def score(sentences: Iterable[Labelled], world: World, log: list[str] | None = None) -> Score:
    """Compare the checker with the labels; what differs is written to `log`."""
    total = Score()
    for one in sentences:
        read = check(one, world)
        left = list(one.claims)
        total.n_sentences += 1
        total.n_gold += len(one.claims)
        total.n_read += len(read)
        wrong = []
        for claim in one.claims:
            total.gold[claim.verdict] += 1
        for statement, finding in read:
            total.given[finding.verdict] += 1
            match = next((claim for claim in left if _same(claim, statement, one)), None)
            if match is None:
                wrong.append(f"extra {_shown(statement)} {finding.verdict} ({finding.evidence})")
                continue
            left.remove(match)
            total.n_matched += 1
            if match.verdict is finding.verdict:
                total.n_right += 1
                total.right[finding.verdict] += 1
            else:
                wrong.append(f"{_shown(statement)} is {match.verdict}, not {finding.verdict} ({finding.evidence})")
        wrong += [
            f"missed {claim.subject} {claim.relation} {'not ' if claim.negated else ''}{claim.value}" for claim in left
        ]
        if wrong and log is not None:
            log.append(f"{one.part}: {one.sentence}\n    " + "\n    ".join(wrong))
    return total


def table(scores: Sequence[tuple[str, Score]]) -> str:
    """Return what was found of parts or kinds, as markdown."""
    lines = [
        "| sentences | n | claims | found: P / R | right verdict of found | contradicted: P / R | supported: P / R |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, s in scores:
        verdicts = (_both(s.verdict_precision(v), s.verdict_recall(v)) for v in (_C, _S))
        lines.append(
            f"| {name} | {s.n_sentences} | {s.n_gold} | {_both(s.precision, s.recall)} | {_share(s.agreement)} | "
            + " | ".join(verdicts)
            + " |"
        )
    return "\n".join(lines)


def verdict_table(found: Score) -> str:
    """Return precision and recall of each verdict, as markdown. A claim that is not there counts as wrong."""
    lines = ["| verdict | labelled | given | right | precision | recall |", "|---|---:|---:|---:|---:|---:|"]
    for verdict in _VERDICTS.values():
        lines.append(
            f"| {verdict} | {found.gold[verdict]} | {found.given[verdict]} | {found.right[verdict]} | "
            f"{_share(found.verdict_precision(verdict))} | {_share(found.verdict_recall(verdict))} |"
        )
    return "\n".join(lines)


def kinds(sentences: Sequence[Labelled], world: World) -> list[tuple[str, Score]]:
    """Return the score of each kind of sentence that states anything, the most frequent kind first."""
    counted = Counter(one.kind for one in sentences)
    return [
        (kind, score((one for one in sentences if one.kind == kind), world))
        for kind, _ in counted.most_common()
        if any(one.claims for one in sentences if one.kind == kind)
    ]


def sample_world() -> World:
    """Return the world that the labels are about."""
    with tempfile.TemporaryDirectory() as folder:
        return world_of(load_dataset(Home(Path(folder)), "sample-world"))


_C, _S = Verdict.CONTRADICTED, Verdict.SUPPORTED


def _both(precision: float, recall: float) -> str:
    return f"{_share(precision)} / {_share(recall)}"


def _share(value: float) -> str:
    return "–" if value != value else f"{value:.3f}"  # nan: there is none of it


def _claim(text: str) -> Claim:
    subject, relation, value, verdict = text.split(" > ") if " > >" not in text else _greater(text)
    negated = value.startswith("not ")
    return Claim(subject.strip(), relation, value.removeprefix("not ").strip(), negated, _VERDICTS[verdict.strip()])


def _greater(text: str) -> list[str]:
    subject, relation, rest = text.split(" > ", 2)
    value, verdict = rest.rsplit(" > ", 1)
    return [subject, relation, value, verdict]


def _same(claim: Claim, statement: Statement, one: Labelled) -> bool:
    return (
        _same_subject(claim.subject, statement, one)
        and _same_relation(claim.relation, statement.relation)
        and claim.negated is statement.negated
        and _same_value(claim, statement)
    )


def _same_subject(subject: str, statement: Statement, one: Labelled) -> bool:
    if subject == "user" or statement.subject is Subject.USER:
        return subject == "user" and statement.subject is Subject.USER
    if statement.subject is Subject.ITEM or one.item_id in statement.subject_ids:
        return subject == "it"
    return subject in statement.subject_ids


def _same_relation(wanted: str, read: str) -> bool:
    groups = (_CREATORS if "created_by" in (wanted, read) else frozenset(), _PROVIDERS)
    return wanted == read or any(wanted in group and read in group for group in groups)


def _same_value(claim: Claim, statement: Statement) -> bool:
    value, wanted = statement.value, claim.value
    if wanted.startswith("?"):
        return not value.item_ids and key(wanted[1:]) == key(value.text)
    if claim.relation in ("in_history", "rated", "follows") or wanted.startswith("="):
        item, _, rating = wanted.lstrip("=").partition(":")
        return (
            item in value.item_ids
            and value.shared is wanted.startswith("=")
            and (not rating or value.number == float(rating))
        )
    if claim.relation == "in_stock":
        return value.text == wanted
    if value.number is not None:
        comparison = _SIGNS.get(wanted[0], Comparison.EQUAL)
        span = re.fullmatch(r"(\d+)(s|th century)", wanted)
        if span:
            first = int(span[1]) if span[2] == "s" else (int(span[1]) - 1) * 100
            return value.comparison is Comparison.WITHIN and value.number == first
        return value.comparison is comparison and abs(value.number - float(wanted.lstrip("<>~"))) < 1e-9
    names = (*value.labels, value.text)
    return any(key(name) == key(wanted) or _same_person(name, wanted) for name in names)


def _shown(statement: Statement) -> str:
    value = statement.value
    ids = ",".join(statement.subject_ids)
    negation = "not " if statement.negated else ""
    return (
        f"{statement.subject}{'[' + ids + ']' if ids else ''} {statement.relation} {negation}"
        f"{'=' if value.shared else ''}{value.text}{list(value.labels)}{list(value.item_ids)} "
    )


def main() -> None:
    """Print the tables, and with an argument what differs in that part."""
    world, sentences, log = sample_world(), read_labelled(), []
    parts = {part: [one for one in sentences if one.part == part] for part in ("tuned", "held-out")}
    scores = [(part, score(some, world, log if part in sys.argv[1:] else None)) for part, some in parts.items()]
    print("\n".join(log))
    print(table([*scores, *((f"held-out: {kind}", one) for kind, one in kinds(parts["held-out"], world))]))
    print("\nHeld-out sentences by verdict:\n")
    print(verdict_table(scores[-1][1]))


if __name__ == "__main__":
    main()
