"""Statement in, verdict out: by catalogue, graph, history. The rule of each relation is in the data."""

from __future__ import annotations

from collections.abc import Sequence

from audits.claims.number_verdicts import average_verdict, chosen_verdict, number_verdict
from audits.claims.records import Comparison, Finding, Known, Statement, Subject, Value, Verdict
from audits.claims.rules import Relation
from audits.claims.telling import finding_on, nothing_stated, told_of
from audits.claims.tokens import key
from audits.claims.user_verdicts import user_verdict
from audits.claims.world import Stated, World

_NUMBERS = frozenset({"year", "price", "age_rating", "in_stock"})


def judge(statement: Statement, known: Known, world: World) -> Finding:
    """Return the verdict on one statement where it was made.

    A hedged statement is judged as if it were not hedged: a reader takes it for a reason. A negated one is contradicted
    where its core is supported, and supported where its core is contradicted.
    """
    if statement.subject is Subject.USER:
        return _turned(user_verdict(statement, known, world), statement)
    candidates = _candidates(statement, known)
    if not candidates:
        return Finding(verdict=Verdict.UNVERIFIABLE, evidence="which item it is about is not known")
    findings = [_fact(item_id, statement, known, world) for item_id in candidates if item_id in world.items]
    if not findings:
        return Finding(verdict=Verdict.UNVERIFIABLE, evidence="the item is not in the catalogue")
    best = min(findings, key=lambda finding: _ORDER[finding.verdict])
    if best.verdict is Verdict.CONTRADICTED and any(f.verdict is not Verdict.CONTRADICTED for f in findings):
        best = next(f for f in findings if f.verdict is not Verdict.CONTRADICTED)
    return _turned(best, statement)


def recorded_value(statement: Statement) -> str:
    """Return what is claimed, as the log keeps it: "not" before a negated value, "same as" before a shared one."""
    value = statement.value
    text = f"same as {value.text}" if value.shared else value.text
    if statement.relation == "rated" and value.number is not None:
        text = f"{value.text}: {value.number:g}"
    if value.comparison not in (Comparison.EQUAL, Comparison.WITHIN) and not text.casefold().startswith(
        value.comparison.value
    ):
        text = f"{value.comparison.value} {text}"
    return f"not {text}" if statement.negated else text


_ORDER = {Verdict.SUPPORTED: 0, Verdict.UNVERIFIABLE: 1, Verdict.CONTRADICTED: 2, Verdict.UNSCORED: 3}
_OPPOSITE = {Verdict.SUPPORTED: Verdict.CONTRADICTED, Verdict.CONTRADICTED: Verdict.SUPPORTED}


def _turned(finding: Finding, statement: Statement) -> Finding:
    if not statement.negated:
        return finding
    verdict = _OPPOSITE.get(finding.verdict, finding.verdict)
    return Finding(
        verdict=verdict, evidence_kind=finding.evidence_kind, evidence=finding.evidence, item_id=finding.item_id
    )


def _candidates(statement: Statement, known: Known) -> Sequence[str]:
    if statement.subject is Subject.ITEM or known.item_id in statement.subject_ids:
        return () if known.item_id is None else (known.item_id,)
    had = [item_id for item_id in statement.subject_ids if item_id in known.history]
    return had or statement.subject_ids


def _fact(item_id: str, statement: Statement, known: Known, world: World) -> Finding:
    relation, value = world.rules.relations[statement.relation], statement.value
    if value.shared:
        return _shared(item_id, relation, value, known, world)
    match relation.name:
        case "kind":
            finding = _kind(item_id, value, world)
        case "average_rating":
            finding = average_verdict(item_id, value, world)
        case "times_chosen":
            finding = chosen_verdict(item_id, relation, value, known, world)
        case "chosen_with":
            finding = _together(item_id, relation, value, known, world)
        case "follows" | "based_on":
            finding = _title(item_id, relation, value, world)
        case name if name in _NUMBERS:
            finding = number_verdict(item_id, relation, value, world)
        case _:
            finding = _value(item_id, relation, value, world)
    return finding


def _value(item_id: str, relation: Relation, value: Value, world: World) -> Finding:
    stated = world.values(item_id, relation.name)
    if not stated:
        return nothing_stated(item_id, relation, world)
    hits = [one for one in stated if _agrees(value, one.label, relation, world)]
    if hits:
        return finding_on(Verdict.SUPPORTED, item_id, relation, hits, world)
    used = world.vocabulary(relation.name, world.kind(item_id))
    excluded = relation.world == "closed" or (
        relation.world == "vocabulary" and any(key(label) in used for label in value.labels)
    )
    if not excluded:
        why = "not among what the dataset states, which may not be all"
        if relation.world == "vocabulary":
            why = "the dataset does not use that word of such items"
        return Finding(
            verdict=Verdict.UNVERIFIABLE,
            evidence=f"{told_of(item_id, relation, stated, world)}; {why}",
            item_id=item_id,
        )
    return finding_on(Verdict.CONTRADICTED, item_id, relation, stated, world)


def _agrees(value: Value, label: str, relation: Relation, world: World) -> bool:
    names = value.labels or (value.text,)
    if any(key(name) == key(label) for name in names):
        return True
    if relation.family == "people":
        return any(_same_person(name, label) for name in names)
    if relation.family in ("place", "material", "organisations", "series", "theme"):
        return any(_holds(label, name) for name in names)
    if relation.family == "country":
        within = world.rules.within
        return any(within.get(name, name) == within.get(label, label) for name in names)
    return False


def _same_person(name: str, label: str) -> bool:
    """Tell whether a name may be short for a person's: same surname, and no forename or initial that differs."""
    said, known = key(name), key(label)
    if not said or not known or said[-1] != known[-1]:
        return False
    fore, others = said[:-1], list(known[:-1])
    return all(any(part == other or (other.startswith(part) and len(part) == 1) for other in others) for part in fore)


def _holds(label: str, name: str) -> bool:
    words, wanted = key(label), key(name)
    wanted = wanted[1:] if len(wanted) > 1 and wanted[0] in ("the", "a", "an") else wanted
    return bool(wanted) and any(words[i : i + len(wanted)] == wanted for i in range(len(words) - len(wanted) + 1))


def _shared(item_id: str, relation: Relation, value: Value, known: Known, world: World) -> Finding:
    others = [i for i in value.item_ids if i in known.history] or list(value.item_ids)
    others = [other for other in others if other != item_id]
    mine = world.values(item_id, relation.name)
    theirs = {other: world.values(other, relation.name) for other in others if other in world.items}
    if not mine or not any(theirs.values()):
        return nothing_stated(item_id if not mine else next(iter(theirs), item_id), relation, world)
    for stated in theirs.values():
        common = [one for one in mine if any(key(one.label) == key(other.label) for other in stated)]
        if common:
            return finding_on(Verdict.SUPPORTED, item_id, relation, common, world)
    if relation.world == "open":
        return Finding(verdict=Verdict.UNVERIFIABLE, evidence=told_of(item_id, relation, mine, world), item_id=item_id)
    other, stated = next((other, stated) for other, stated in theirs.items() if stated)
    evidence = f"{told_of(item_id, relation, mine, world)}; {told_of(other, relation, stated, world)}"
    return Finding(verdict=Verdict.CONTRADICTED, evidence_kind=mine[0].kind, evidence=evidence, item_id=item_id)


def _title(item_id: str, relation: Relation, value: Value, world: World) -> Finding:
    stated = world.values(item_id, relation.name)
    ids = value.item_ids
    if not ids and value.text:
        found = world.ground(value.text)
        ids = (found,) if found else ()
    titles = {key(world.items[i].title) for i in ids if i in world.items} | {key(value.text)}
    if any(key(one.label) in titles for one in stated):
        return finding_on(Verdict.SUPPORTED, item_id, relation, stated, world)
    if relation.name == "follows":
        series = world.values(item_id, "series")
        same = [i for i in ids if {key(s.label) for s in series} & {key(s.label) for s in world.values(i, "series")}]
        years = (world.items[item_id].year, *(world.items[i].year for i in same))
        if same and None not in years and min(y for y in years[1:] if y is not None) < (years[0] or 0):
            return finding_on(Verdict.SUPPORTED, item_id, world.rules.relations["series"], series, world)
        if series and ids and not same:
            return finding_on(Verdict.CONTRADICTED, item_id, world.rules.relations["series"], series, world)
    if not stated:
        return nothing_stated(item_id, relation, world)
    return finding_on(Verdict.CONTRADICTED, item_id, relation, stated, world)


def _kind(item_id: str, value: Value, world: World) -> Finding:
    relation, kind = world.rules.relations["kind"], world.kind(item_id)
    if not kind or not value.labels:
        return nothing_stated(item_id, relation, world)
    verdict = Verdict.SUPPORTED if kind in value.labels else Verdict.CONTRADICTED
    stated = Stated(world.items[item_id].domain, "catalogue", "domain")
    return finding_on(verdict, item_id, relation, [stated], world)


def _together(item_id: str, relation: Relation, value: Value, known: Known, world: World) -> Finding:
    """Judge "(n of m)" by the users of both items; without numbers, whether anyone chose both."""
    others = [other for other in value.item_ids if other in world.items and other != item_id]
    if known.audiences is None or not others:
        return nothing_stated(item_id, relation, world)
    counts = {other: (known.audiences.shared(other, item_id), known.audiences.size(other)) for other in others}
    wanted = None if value.number is None else (value.number, value.upper)
    right = [other for other, found in counts.items() if (found == wanted if wanted else found[0] > 0)]
    other = (right or others)[0]
    both, whole = counts[other]
    evidence = f"{both:,} of the {whole:,} users who chose {world.label(other)} chose {world.label(item_id)} too"
    verdict = Verdict.SUPPORTED if right else Verdict.CONTRADICTED
    return Finding(verdict=verdict, evidence_kind="interactions", evidence=evidence, item_id=item_id)
