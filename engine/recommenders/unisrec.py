"""UniSRec: universal sequence representations from item text (Hou et al., KDD 2022). Not here: network and fitting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field, model_validator
from torch import Tensor
from torch.nn import functional

from engine.datasets.schema import Dataset
from engine.errors import ModelError, PlanError
from engine.models.contract import Capability, LanguageModel
from engine.recommender import Progress, Recommender, TrainingData, no_progress
from engine.recommenders.ranking import Ranking, RankingConfig
from engine.recommenders.text_vectors import item_vectors, with_words_dropped
from engine.records import Interaction, Request, Response, Step
from engine.training.unisrec_data import sequences, without_last
from engine.training.unisrec_fitting import FittingOptions, fine_tune, pretrain, seeded
from engine.training.unisrec_network import LinearAdaptor, MoeAdaptor, SequenceEncoder, UniSRecNetwork

WORD_DROP_SHARE = 0.15  # of the words of an item's text, in the authors' code
_WORD_DROP_SEED = 0  # one fixed copy for all runs, as in the original, so that its vectors can be cached
_ITEMS = "items"  # the state's table of item vectors; all other names are weights
_SHARE_OF_PRETRAINING = 0.6  # of the progress bar


class UniSRecConfig(RankingConfig):
    """Options of `UniSRec`. Defaults are the paper's, but for `width` (300 there) and what this says of itself."""

    setting: Literal["inductive", "transductive"] = "inductive"  # text only, or text and one learned vector an item
    pretrain: bool = True  # False (ablation): the whole network learns from the target alone
    adaptor: Literal["moe", "linear"] = "moe"  # linear (ablation): one map in the place of the experts
    n_experts: int = Field(default=8, ge=1)
    width: int = Field(default=64, ge=2)
    layers: int = Field(default=2, ge=1)
    heads: int = Field(default=2, ge=1)
    max_length: int = Field(default=50, ge=1)  # most recent history entries that are read
    dropout: float = Field(default=0.2, ge=0, lt=1)  # in the Transformer
    adaptor_dropout: float = Field(default=0.2, ge=0, lt=1)
    temperature: float = Field(default=0.07, gt=0)
    pretrain_epochs: int = Field(default=5, ge=1)
    pretrain_batch_size: int = Field(default=128, ge=2)  # sequences a step; their places are each other's negatives
    pretrain_learning_rate: float = Field(default=3e-3, gt=0)
    epochs: int = Field(default=20, ge=1)  # of fine-tuning, at most
    patience: int = Field(default=3, ge=1)  # epochs without a better validation before fine-tuning stops
    batch_size: int = Field(default=32, ge=1)  # sequences (stretches of at most max_length) a step of fine-tuning
    learning_rate: float = Field(default=3e-3, gt=0)

    @model_validator(mode="after")
    def _heads_fit(self) -> UniSRecConfig:
        if self.width % self.heads:
            raise ValueError(f"width must be a multiple of heads, got width {self.width} and {self.heads} heads")
        return self


class UniSRec(Recommender[UniSRecConfig]):
    """Rank by the cosine between the vector of a user's sequence and the vectors of item texts.

    Kept from the paper and the authors' code: frozen text vectors, adaptor of whitening experts with a noisy dense
    gate, causal Transformer, contrastive pre-training with item drop and word drop, fine-tuning with the Transformer
    frozen. Our own: all places of a sequence are learned from at once (the original makes one example of each prefix),
    a step's inputs and candidates share one draw of dropout, and each user's last training item decides when to stop.
    """

    Config = UniSRecConfig

    def fit(self, training: TrainingData, progress: Progress = no_progress) -> None:
        """Pre-train on the sources, then fine-tune on the training interactions.

        Raises:
            ModelError: the model cannot embed.
            PlanError: there are fewer than two sources to pre-train on, or nobody has two interactions.
        """
        model = self._embedder()
        if self.config.pretrain and len(training.sources) < 2:
            raise PlanError(
                f"UniSRec pre-trains on two or more source domains and got {len(training.sources)}. "
                "Choose a dataset with several domains, or set pretrain=false."
            )
        self._ranking = Ranking.fit(training, self.config)
        progress("embedding item texts", 0.0)
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        texts = torch.from_numpy(item_vectors(training, training.dataset, model)).to(device)
        histories = [s for s in sequences(training.interactions, self._ranking.catalogue.index) if len(s) > 1]
        if not histories:
            raise PlanError("UniSRec learns from sequences, and no user has two training interactions.")
        random = np.random.default_rng(training.seed)
        with seeded(training.seed):
            network = self._network(texts.shape[1], len(texts)).to(device)
            if self.config.pretrain:
                self._pretrain(network, training, texts, model, random, progress)
                network.encoder.freeze()
            start = _SHARE_OF_PRETRAINING if self.config.pretrain else 0.0
            self.fine_tuned = fine_tune(
                network,
                texts,
                histories,
                options=self._options(self.config.epochs, self.config.learning_rate, self.config.batch_size),
                random=random,
                report=lambda what, share: progress(what, start + (1 - start) * share),
            )
        network = network.cpu().double().eval()
        with torch.inference_mode():
            self._settle(network, network.item_table(texts.cpu().double()).float())

    def recommend(self, requests: Sequence[Request]) -> list[Response]:
        """Rank the catalogue for each request; without a known history, by popularity.

        One pass a request, in double precision: a joint pass would round each answer by what stands beside it.
        """
        return [self._answer(request) for request in requests]

    def score(self, requests: Sequence[Request], item_ids: Sequence[str]) -> NDArray[np.float64]:
        """Return cosine / temperature of each item to each sequence; 0 where nothing of the history is known."""
        columns = self._ranking.catalogue.known_rows(item_ids)
        scores = np.zeros((len(requests), len(columns)))
        for place, request in enumerate(requests):
            rows = self._known_rows(request)
            if len(rows):
                scores[place] = self._scores(rows)[columns]
        return scores

    def reads(self, request: Request) -> Sequence[Interaction]:
        """Return the last known entries, as many as the encoder takes."""
        known = self._ranking.catalogue.index
        return [entry for entry in request.history if entry.item_id in known][-self.config.max_length :]

    def state(self) -> Mapping[str, NDArray]:
        """Return the weights and the table of item vectors."""
        weights = {name: tensor.float().numpy() for name, tensor in self._network_fitted.state_dict().items()}
        return {**weights, _ITEMS: self._items.numpy()}

    def restore(self, training: TrainingData, state: Mapping[str, NDArray]) -> None:
        """Take back weights and item vectors; nothing is embedded again.

        Raises:
            PlanError: the state is of another catalogue or configuration.
        """
        self._ranking = Ranking.fit(training, self.config)
        weights = {name: torch.from_numpy(np.array(array)) for name, array in state.items() if name != _ITEMS}
        items = torch.from_numpy(np.array(state[_ITEMS]))
        try:
            if len(items) != len(training.dataset.item_ids):
                raise RuntimeError(f"{len(items)} item vectors for {len(training.dataset.item_ids)} items")
            first = weights["adaptor.map.weight"].T if self.config.adaptor == "linear" else weights["adaptor.gate"]
            network = self._network(len(first), len(items))
            network.load_state_dict(weights)
        except (KeyError, RuntimeError) as error:
            raise PlanError(f"What UniSRec learned does not fit its configuration and catalogue: {error}.") from error
        self._settle(network.double().eval(), items)

    def _settle(self, network: UniSRecNetwork, items: Tensor) -> None:
        """Keep what answering needs: the encoder in double precision, the item vectors as they are stored."""
        self._network_fitted, self._items = network, items
        self._unit_items = functional.normalize(items.double(), dim=-1)

    def _embedder(self) -> LanguageModel:
        if self.model is None or Capability.EMBED not in self.model.capabilities:
            name = "none" if self.model is None else self.model.name
            raise ModelError(f"UniSRec needs a model that can embed, got {name}. Name one, for example minilm.")
        return self.model

    def _network(self, n_dimensions: int, n_items: int) -> UniSRecNetwork:
        config = self.config
        if config.adaptor == "moe":
            adaptor = MoeAdaptor(n_dimensions, config.width, n_experts=config.n_experts, dropout=config.adaptor_dropout)
        else:
            adaptor = LinearAdaptor(n_dimensions, config.width, dropout=config.adaptor_dropout)
        encoder = SequenceEncoder(
            config.width,
            layers=config.layers,
            heads=config.heads,
            max_length=config.max_length,
            dropout=config.dropout,
        )
        return UniSRecNetwork(adaptor, encoder, n_items if config.setting == "transductive" else 0)

    def _options(self, epochs: int, learning_rate: float, batch_size: int) -> FittingOptions:
        return FittingOptions(
            epochs=epochs,
            learning_rate=learning_rate,
            batch_size=batch_size,
            max_length=self.config.max_length,
            temperature=self.config.temperature,
            patience=self.config.patience,
        )

    def _pretrain(
        self,
        network: UniSRecNetwork,
        training: TrainingData,
        target_texts: Tensor,
        model: LanguageModel,
        random: np.random.Generator,
        progress: Progress,
    ) -> None:
        texts, dropped, histories = [], [], []
        first_row = 0
        for number, source in enumerate(training.sources, start=1):
            progress(f"embedding the texts of source {number} of {len(training.sources)}", 0.0)
            copy = with_words_dropped(source.dataset, share=WORD_DROP_SHARE, seed=_WORD_DROP_SEED)
            dropped.append(item_vectors(source, copy, model))
            rows = source.interactions
            if _is_part(source.dataset, training.dataset):  # a domain of the target: its texts are embedded already
                texts.append(target_texts[self._ranking.catalogue.rows(source.dataset.item_ids)].cpu().numpy())
                rows = without_last(rows, training.interactions)
            else:
                texts.append(item_vectors(source, source.dataset, model))
            index = {item_id: row for row, item_id in enumerate(source.dataset.item_ids)}
            histories += [s for s in sequences(rows, index, first_row=first_row) if len(s) > 1]
            first_row += len(index)
        if not histories:
            raise PlanError("UniSRec pre-trains on sequences, and no user has two interactions in one source.")
        config = self.config
        pretrain(
            network,
            torch.from_numpy(np.concatenate(texts)).to(target_texts.device),
            torch.from_numpy(np.concatenate(dropped)).to(target_texts.device),
            histories,
            options=self._options(config.pretrain_epochs, config.pretrain_learning_rate, config.pretrain_batch_size),
            random=random,
            report=lambda what, share: progress(what, _SHARE_OF_PRETRAINING * share),
        )

    def _answer(self, request: Request) -> Response:
        rows = self._known_rows(request)
        if not len(rows):
            text = "There is no known history, so that there is no sequence to encode: popularity decides instead."
            return self._ranking.by_popularity(request, before=[Step(kind="fallback", text=text)])
        text = f"Encoded the last {len(rows)} of {len(request.history)} history entries, {self.config.setting} setting."
        return self._ranking.by_score(request, self._scores(rows), [Step(kind="encode", text=text)])

    def _known_rows(self, request: Request) -> NDArray[np.int64]:
        return self._ranking.catalogue.rows(entry.item_id for entry in request.history)[-self.config.max_length :]

    def _scores(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return cosine / temperature of each item to the sequence, shape `(n_items,)`."""
        with torch.inference_mode():
            sequence: Tensor = self._items[torch.from_numpy(rows)].double().unsqueeze(0)  # (1, T, width)
            state = functional.normalize(self._network_fitted.encoder(sequence)[0, -1], dim=0)
            return (self._unit_items @ state / self.config.temperature).numpy()


def _is_part(source: Dataset, target: Dataset) -> bool:
    """Tell whether all items of a source are items of the target, alike in everything."""
    return all(target.items_by_id.get(item_id) == item for item_id, item in source.items_by_id.items())
