"""The contract that every recommender keeps: config, fit, recommend. No I/O, no store and no clock in a recommender."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from engine.datasets.schema import Dataset
from engine.errors import PlanError
from engine.grounding import Grounder
from engine.models.contract import LanguageModel
from engine.records import Handle, Interaction, Message, Request, Response

Progress = Callable[[str, float], None]
"""Called with what is going on and the share done in [0, 1]."""


class RecommenderConfig(BaseModel):
    """Base of all configs: data only, unknown options are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingData:
    """What a recommender may learn from: nothing here happened after a user's cutoff.

    `interactions` has the columns of `Dataset.interactions`, cut by the split. `sources` are other datasets (or
    domains) for pre-training, cut in the same way.
    """

    dataset: Dataset
    interactions: pd.DataFrame
    grounder: Grounder
    sources: tuple[TrainingData, ...] = ()
    seed: int = 0
    embed_items: Callable[[Dataset, LanguageModel], NDArray[np.float32]] | None = (
        None  # cached text vectors, in item order
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringPrompt:
    """What a language model is asked to judge one item by: log p of the gains minus log p of the losses."""

    messages: tuple[Message, ...]
    gains: tuple[str, ...]  # continuations
    losses: tuple[str, ...] = ()


def no_progress(_what: str, _share: float) -> None:
    """Ignore progress."""


ConfigT = TypeVar("ConfigT", bound=RecommenderConfig)


class Recommender(ABC, Generic[ConfigT]):
    """One recommender: its config, what it learned in `fit`, and how it answers requests.

    A new recommender is one file and one row in `engine.registry`. It gets its language model from outside and never
    opens one. Same config, training data, model and seed: same answers, whatever the order or batching of requests.
    """

    Config: ClassVar[type[RecommenderConfig]]
    handles: ClassVar[frozenset[Handle]] = frozenset()  # where the lab's interventions can take hold

    def __init__(self, config: ConfigT, model: LanguageModel | None = None) -> None:
        self.config = config
        self.model = model

    @abstractmethod
    def fit(self, training: TrainingData, progress: Progress = no_progress) -> None:
        """Learn from the training data. Called once, before any request."""

    @abstractmethod
    def recommend(self, requests: Sequence[Request]) -> list[Response]:
        """Answer each request, in order. A request that cannot be answered comes back with `error` set."""

    def score(self, requests: Sequence[Request], item_ids: Sequence[str]) -> NDArray[np.float64]:
        """Return the score of each item for each request, shape `(n_requests, n_items)`; higher is better.

        Optional: the registry's `scores` says who offers it. Eligibility plays no part, and a request without a known
        history is scored as one that says nothing, so that what an interaction adds can be told by leaving it out.

        Raises:
            PlanError: this recommender scores no single items, its model cannot, or an item is not in the catalogue.
        """
        raise PlanError(f"{type(self).__name__} gives no scores of single items, so that they cannot be explained.")

    def reads(self, request: Request) -> Sequence[Interaction]:
        """Return the entries of the history that a score rests on, oldest first: all, unless the history is cut."""
        return request.history

    def scoring_prompts(self, requests: Sequence[Request], item_id: str) -> list[ScoringPrompt]:
        """Return the prompt that each request's score of an item rests on; optional, for those that prompt a model.

        Raises:
            PlanError: no score rests on a prompt, or the item is not in the catalogue.
        """
        raise PlanError(f"{type(self).__name__} scores items without a prompt: explain its history instead.")

    def state(self) -> Mapping[str, NDArray]:
        """Return what `fit` learned, so that a resumed run need not learn it again; empty: fitting is cheap."""
        return {}

    def restore(self, training: TrainingData, state: Mapping[str, NDArray]) -> None:
        """Take back what `state` returned, in place of `fit`."""
        self.fit(training)

    def prompt_hashes(self) -> Mapping[str, str]:
        """Return name -> SHA-256 of each prompt template in use; empty where there is none."""
        return {}
