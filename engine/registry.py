"""The one registration table of recommenders. A new recommender is one file and one row here."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from engine.errors import PlanError
from engine.models.contract import Capability
from engine.recommender import Recommender
from engine.records import Paradigm


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One recommender: where it is, which paradigm it is of, and what it needs."""

    name: str
    target: str  # "module:Class"
    paradigm: Paradigm
    summary: str
    needs: frozenset[Capability] = frozenset()  # of its language model
    default_model: str | None = None  # None: it takes no model
    needs_sources: bool = False  # whether it can learn from other datasets or domains first
    scores: bool = False  # whether it scores single items (`Recommender.score`): what explaining a score needs


_BLOCKS = "engine.recommenders"

ROWS: tuple[Row, ...] = (
    Row(
        name="most-popular",
        target=f"{_BLOCKS}.most_popular:MostPopular",
        paradigm=Paradigm.BASELINE,
        summary="The items that most users met before the cutoff, the same for everybody",
        scores=True,
    ),
    Row(
        name="item-knn",
        target=f"{_BLOCKS}.item_knn:ItemKnn",
        paradigm=Paradigm.BASELINE,
        summary="Items that the same users met (cosine of co-occurrence)",
        scores=True,
    ),
    Row(
        name="content-knn",
        target=f"{_BLOCKS}.content_knn:ContentKnn",
        paradigm=Paradigm.BASELINE,
        summary="Items whose text is like the user's history (TF-IDF cosine)",
        scores=True,
    ),
    Row(
        name="unisrec",
        target=f"{_BLOCKS}.unisrec:UniSRec",
        paradigm=Paradigm.SRE,
        summary="UniSRec: sequences of text vectors, mixture-of-experts adaptor (Hou et al., KDD 2022)",
        needs=frozenset({Capability.EMBED}),
        default_model="minilm",
        needs_sources=True,
        scores=True,
    ),
    Row(
        name="zero-shot",
        target=f"{_BLOCKS}.zero_shot:ZeroShot",
        paradigm=Paradigm.GR,
        summary="Zero-shot prompting: the model writes the list (Di Palma et al., 2023)",
        needs=frozenset({Capability.GENERATE}),
        default_model="embedded",
        scores=True,
    ),
    Row(
        name="cot-matcher",
        target=f"{_BLOCKS}.cot_matcher:CotMatcher",
        paradigm=Paradigm.DMI,
        summary="Chain-of-thought matcher: preferences, a judgement of each candidate, a reason for each item",
        needs=frozenset({Capability.GENERATE}),
        default_model="embedded",
        scores=True,
    ),
)


def row(name: str) -> Row:
    """Return the row of a recommender.

    Raises:
        PlanError: there is none of this name.
    """
    for candidate in ROWS:
        if candidate.name == name:
            return candidate
    raise PlanError(f"There is no recommender {name!r}; choose one of {', '.join(r.name for r in ROWS)}.")


def load(name: str) -> type[Recommender]:
    """Import the class of a recommender.

    Raises:
        PlanError: there is none of this name.
    """
    module, _, attribute = row(name).target.partition(":")
    return getattr(importlib.import_module(module), attribute)
