"""The parts of a request that a score is shared out among, and the score with some of them left out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.recommender import Recommender, ScoringPrompt
from engine.recommenders.judging import score_by_prompts
from engine.records import Message, Request

HISTORY, PROMPT = "history item", "prompt segment"
_AT_ONCE = 64  # requests put to the recommender in one go

Told = Callable[[int], None]
"""Called with the number of requests scored so far."""


class Parts(ABC):
    """Some parts of one request, and the scores of items with any of them left out. Equal masks are scored once."""

    kind: str  # of the parts
    features: tuple[str, ...]  # item ids or texts, in the order of the request

    def __init__(self, item_ids: Sequence[str], told: Told) -> None:
        self.item_ids = tuple(item_ids)
        self._told = told
        self._known: dict[bytes, NDArray[np.float64]] = {}

    def of(self, place: int) -> Callable[[NDArray[np.bool_]], NDArray[np.float64]]:
        """Return the score of item number `place` as a function of masks, shape `(n_masks, n_parts)`."""
        return lambda masks: self.scores(masks)[:, place]

    def scores(self, masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the scores of all items under each mask, shape `(n_masks, n_items)`."""
        keys = [mask.tobytes() for mask in masks]
        fresh = list({key: mask for key, mask in zip(keys, masks, strict=True) if key not in self._known}.items())
        for start in range(0, len(fresh), _AT_ONCE):
            some = fresh[start : start + _AT_ONCE]
            self._known.update(zip((key for key, _ in some), self._score([mask for _, mask in some]), strict=True))
            self._told(len(self._known))
        return np.array([self._known[key] for key in keys]).reshape(len(keys), len(self.item_ids))

    @abstractmethod
    def _score(self, masks: Sequence[NDArray[np.bool_]]) -> NDArray[np.float64]:
        """Return the scores under masks that are not known yet, shape `(n_masks, n_items)`."""


class HistoryParts(Parts):
    """The items of a history: an item is left out with all its interactions, as if it had never happened.

    What the recommender does not read of a long history stays out throughout: it would move up into the place of what
    is left out. Of what it reads, `last` (None: all) makes the most recent items parts; the others always stay in.
    """

    kind = HISTORY

    def __init__(
        self, recommender: Recommender, request: Request, item_ids: Sequence[str], last: int | None, told: Told
    ) -> None:
        super().__init__(item_ids, told)
        self._recommender = recommender
        read = recommender.reads(request)
        recent = list(dict.fromkeys(entry.item_id for entry in reversed(read)))
        self.features = tuple(reversed(recent[:last]))
        self.n_always_in = len(recent) - len(self.features)
        self._request = replace(request, history=tuple(read))

    def _score(self, masks: Sequence[NDArray[np.bool_]]) -> NDArray[np.float64]:
        return self._recommender.score([self._without(mask) for mask in masks], self.item_ids)

    def _without(self, mask: NDArray[np.bool_]) -> Request:
        out = {feature for feature, stays in zip(self.features, mask, strict=True) if not stays}
        kept = tuple(entry for entry in self._request.history if entry.item_id not in out)
        return replace(self._request, history=kept, withheld=(*self._request.withheld, *sorted(out)))


class PromptParts(Parts):
    """The lines of the prompt that one item's score rests on: who the model is, the history, the reasoning, the task.

    The reasoning is that of the whole request, whichever lines are left out. A message without lines stays, empty.
    """

    kind = PROMPT

    def __init__(self, recommender: Recommender, request: Request, item_id: str, told: Told) -> None:
        super().__init__((item_id,), told)
        self._model = recommender.model
        self._prompt = recommender.scoring_prompts([request], item_id)[0]
        self._lines = [
            (number, line)
            for number, message in enumerate(self._prompt.messages)
            for line in message.content.splitlines()
            if line.strip()
        ]
        self.features = tuple(line.strip() for _, line in self._lines)

    def _score(self, masks: Sequence[NDArray[np.bool_]]) -> NDArray[np.float64]:
        prompts = [self._without(mask) for mask in masks]
        return score_by_prompts(self._model, [prompts], len(prompts))

    def _without(self, mask: NDArray[np.bool_]) -> ScoringPrompt:
        kept = [number_and_line for number_and_line, stays in zip(self._lines, mask, strict=True) if stays]
        messages = tuple(
            Message(role=message.role, content="\n".join(line for of, line in kept if of == number))
            for number, message in enumerate(self._prompt.messages)
        )
        return replace(self._prompt, messages=messages)
