"""Options of a constraint as tokens, built once for a set of options and kept. Not here: following the constraint."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from engine.errors import ModelError
from engine.models.constraints import ChoiceState, ConstraintState, JsonState, RankedState
from engine.models.contract import Choices, Constraint, JsonSchema, RankedChoices
from engine.models.tries import TokenTrie

if TYPE_CHECKING:
    from llguidance import LLTokenizer
    from transformers import PreTrainedTokenizerBase

KEPT_TRIES = 16  # one for the whole catalogue, some for candidate lists in turn


class OptionTokens:
    """One set of options as a trie, and the tokens of the line numbers between them."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, titles: tuple[str, ...], *, numbered: bool) -> None:
        self._tokenizer = tokenizer
        self.titles = titles
        # Tokenised behind "1." as a model writes them there: mostly " Title" is another token than "Title".
        self.trie = TokenTrie(
            self._after("1.", [f" {title}" for title in titles]) if numbered else self._encode(titles)
        )
        self.titles_by_row = [titles[option] for option in self.trie.option_of]
        self.row_of = {title: row for row, title in enumerate(self.titles_by_row)}
        self._numbers: dict[int, tuple[int, ...]] = {}

    def number(self, rank: int) -> tuple[int, ...]:
        """Return the tokens that start line `rank` (1-based), the line break before it included."""
        if rank not in self._numbers:
            if rank == 1:
                self._numbers[rank] = tuple(self._encode(["1."])[0])
            else:
                self._numbers[rank] = tuple(self._after(f"{rank - 1}. A", [f"\n{rank}."])[0])
        return self._numbers[rank]

    def _encode(self, texts: Sequence[str]) -> list[list[int]]:
        return self._tokenizer(list(texts), add_special_tokens=False)["input_ids"]  # type: ignore[return-value]

    def _after(self, head: str, texts: Sequence[str]) -> list[list[int]]:
        """Return the tokens of each text behind `head`; the text's own where the tokenizer merges across the seam."""
        head_ids = self._encode([head])[0]
        whole = self._encode([head + text for text in texts])
        return [
            ids[len(head_ids) :] if ids[: len(head_ids)] == head_ids else self._encode([text])[0]
            for ids, text in zip(whole, texts, strict=True)
        ]


class ConstraintFactory:
    """Makes the state of a constraint for one row; keeps tries and the compiled tokenizer between calls."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, vocabulary_size: int, end_ids: tuple[int, ...]) -> None:
        self._tokenizer = tokenizer
        self._vocabulary_size = vocabulary_size
        self._end_ids = end_ids
        self._json_tokenizer: LLTokenizer | None = None
        self.options = lru_cache(maxsize=KEPT_TRIES)(self._build_options)

    def start(self, constraint: Constraint | None) -> ConstraintState | None:
        """Return a fresh state, None for free decoding.

        Raises:
            ModelError: the constraint cannot be kept.
        """
        match constraint:
            case None:
                return None
            case JsonSchema(schema=schema):
                return JsonState(self._compiled_tokenizer(), schema)
            case Choices(options=options):
                return ChoiceState(self.options(options, False), self._end_ids)
            case RankedChoices(options=options, k=k, excluded=excluded):
                if k < 1:
                    raise ModelError(f"ranked choices need k of at least 1, got {k}")
                return RankedState(self.options(options, True), self._end_ids, k, excluded)

    def _build_options(self, options: tuple[str, ...], numbered: bool) -> OptionTokens:
        titles = tuple(dict.fromkeys(options))
        if not titles:
            raise ModelError("a choice needs at least one option, got none")
        broken = next((t for t in titles if not t.strip() or (numbered and len(t.splitlines()) != 1)), None)
        if broken is not None:
            raise ModelError(f"an option must be a text (on one line where they are numbered), got {broken!r}")
        if not self._end_ids:
            raise ModelError("the model has no end-of-text token, so that it cannot end a choice: choose another model")
        return OptionTokens(self._tokenizer, titles, numbered=numbered)

    def _compiled_tokenizer(self) -> LLTokenizer:
        if self._json_tokenizer is None:
            from llguidance.hf import from_tokenizer

            try:
                self._json_tokenizer = from_tokenizer(
                    self._tokenizer,  # type: ignore[arg-type]
                    n_vocab=self._vocabulary_size,
                    eos_token=list(self._end_ids) or None,
                )
            except ValueError as error:
                raise ModelError(
                    f"JSON-schema decoding needs a fast tokenizer: {error}. Choose another model."
                ) from error
        return self._json_tokenizer
