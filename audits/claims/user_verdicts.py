"""Verdicts on what is said of the user: what they had, how they rated it, and their tastes."""

from __future__ import annotations

from audits.claims.records import Finding, Known, Statement, Value, Verdict
from audits.claims.tokens import key
from audits.claims.world import World

_TASTES = ("has_genre", "theme", "created_by", "starring", "composed_by", "performed_by", "directed_by", "written_by")


def user_verdict(statement: Statement, known: Known, world: World) -> Finding:
    """Judge what is said of the user by the history before the cutoff."""
    value = statement.value
    if statement.relation == "taste":
        return _taste(value, known, world)
    ids = value.item_ids
    if not ids:
        found = world.ground(value.text)
        ids = (found,) if found else ()
    had = [item_id for item_id in ids if item_id in known.history]
    n = f"{len(known.history):,} item{'' if len(known.history) == 1 else 's'}"
    if not had:
        why = "" if ids else "no catalogue item is called so; "
        evidence = f"{why}not among the {n} of the history"
        return Finding(
            verdict=Verdict.CONTRADICTED, evidence_kind="history", evidence=evidence, item_id=ids[0] if ids else None
        )
    item_id = had[0]
    title, rating = world.label(item_id), known.history[item_id]
    rated = "" if rating is None else f", rated {rating:g}"
    evidence = f"{title} is among the {n} of the history{rated}"
    if statement.relation == "rated":
        if rating is None or value.number is None:
            return Finding(verdict=Verdict.UNVERIFIABLE, evidence=f"{evidence}, without a rating", item_id=item_id)
        right = abs(rating - value.number) < 0.05
        verdict = Verdict.SUPPORTED if right else Verdict.CONTRADICTED
        return Finding(verdict=verdict, evidence_kind="history", evidence=evidence, item_id=item_id)
    return Finding(verdict=Verdict.SUPPORTED, evidence_kind="history", evidence=evidence, item_id=item_id)


def _taste(value: Value, known: Known, world: World) -> Finding:
    wanted, n_known = {key(label) for label in value.labels}, 0
    for item_id in known.history:
        stated = [one for relation in _TASTES for one in world.values(item_id, relation)]
        hit = next((one for one in stated if key(one.label) in wanted), None)
        if hit is not None:
            evidence = f"{world.label(item_id)} of the history: {hit.where.replace('_', ' ')} {hit.label}"
            return Finding(verdict=Verdict.SUPPORTED, evidence_kind="history", evidence=evidence, item_id=item_id)
        n_known += bool(stated)
    evidence = f"no item of the history has it, of {n_known} whose genres, themes and makers are known"
    whole = n_known == len(known.history) and n_known >= world.rules.min_items_for_taste
    verdict = Verdict.CONTRADICTED if whole else Verdict.UNVERIFIABLE
    return Finding(verdict=verdict, evidence_kind="history" if whole else "none", evidence=evidence)
