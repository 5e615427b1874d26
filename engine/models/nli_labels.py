"""Which output of a classifier is which of the three labels of natural language inference."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine.errors import ModelUnavailable

LABELS = ("entailment", "neutral", "contradiction")
_STEMS = ("entail", "neutral", "contradict")  # how their names begin in the checkpoints that there are


def label_places(name: str, id2label: Mapping[Any, str]) -> tuple[int, int, int]:
    """Return the places of entailment, neutral and contradiction in a classifier's output, by the names of its labels.

    Raises:
        ModelUnavailable: it has other labels than these three, or they have no names.
    """
    plain = {int(place): re.sub(r"[^a-z]", "", str(label).casefold()) for place, label in id2label.items()}
    places = [[place for place, label in plain.items() if label.startswith(stem)] for stem in _STEMS]
    if len(plain) != len(LABELS) or any(len(found) != 1 for found in places):
        labels = ", ".join(str(id2label[place]) for place in sorted(id2label, key=int)) or "none"
        raise ModelUnavailable(
            f"{name}: expected a classifier whose id2label in config.json names {', '.join(LABELS)}; it names {labels}."
            " Choose a three-way model of natural language inference, or write its labels' names there."
        )
    return places[0][0], places[1][0], places[2][0]
