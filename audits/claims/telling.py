"""What a verdict rests on, in words, and the findings that say only that."""

from __future__ import annotations

import re
from collections.abc import Sequence

from audits.claims.records import Finding, Verdict
from audits.claims.rules import Relation
from audits.claims.world import Stated, World

_SHOWN = 4  # values in an evidence text


def nothing_stated(item_id: str, relation: Relation, world: World) -> Finding:
    """Return that nothing is stated of an item by a relation: unverifiable."""
    evidence = f"the dataset states no {relation.label} of {world.label(item_id)}"
    return Finding(verdict=Verdict.UNVERIFIABLE, evidence=evidence, item_id=item_id)


def finding_on(verdict: Verdict, item_id: str, relation: Relation, stated: Sequence[Stated], world: World) -> Finding:
    """Return a verdict that rests on stated values, with the first of them in words."""
    evidence = told_of(item_id, relation, stated, world)
    return Finding(verdict=verdict, evidence_kind=stated[0].kind, evidence=evidence, item_id=item_id)


def told_of(item_id: str, relation: Relation, stated: Sequence[Stated], world: World) -> str:
    """Return what is stated of an item and where, in words; at most four values."""
    shown = ", ".join(one.label for one in stated[:_SHOWN]) + (", ..." if len(stated) > _SHOWN else "")
    source = f"graph: {stated[0].where}" if stated[0].kind == "triple" else f"catalogue: {stated[0].where}"
    return re.sub(r"\s+", " ", f"{world.label(item_id)}, {relation.label}: {shown} ({source})")
