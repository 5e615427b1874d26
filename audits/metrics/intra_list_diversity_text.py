"""Diversity within a list, by what the texts of its items mean."""

from __future__ import annotations

from audits.kernels.diversity import text_diversity
from audits.metrics.metric import ListMetric
from audits.results import Card, Direction

METRIC = ListMetric(
    card=Card(
        name="intra_list_diversity_text",
        label="Diversity within lists by text@k",
        formula="1 - mean over pairs of delivered items of the cosine of their text vectors",
        range="[0, 2]; near 1: nothing in common",
        direction=Direction.NEITHER,
        unit="",
        denominator=(
            "lists with at least two delivered items that have a vector: mean over pairs, over a user's lists, "
            "then over users"
        ),
        missing=(
            "An item whose vector is all zeros has none and is in no pair; a list of fewer than two items with a "
            "vector is unscored; without vectors of the catalogue, all are."
        ),
        source="Ziegler et al., WWW 2005; vectors: Reimers and Gurevych, EMNLP 2019",
        notes=(
            "Text is title, creators, categories and description. The vectors are not in the log, so that no query "
            "gives this number, only the lists and texts that it is made from: vectors are made by the named encoder "
            "and kept by the digest of catalogue and encoder. Values depend on the encoder: compare within one only."
        ),
    ),
    bounds=(0.0, 2.0),
    needs=frozenset({"items", "slots"}),
    parameters=(("encoder", "minilm"), ("embed", False)),
    kernel=text_diversity,
    reads="listed_texts",
)
