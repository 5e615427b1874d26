"""What a constrained row may say next, as the tokens that are allowed at each step. Not here: choosing among them."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelError
from engine.models.tries import Node

if TYPE_CHECKING:
    from llguidance import LLTokenizer

    from engine.models.options import OptionTokens

Allowed = NDArray[np.int64] | NDArray[np.bool_]
"""Token ids, or a mask over the vocabulary: both index an array over the vocabulary."""

JSON_FORMAT = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}


class ConstraintState(ABC):
    """The state of one row that is being decoded under a constraint."""

    finished: bool = False  # nothing may follow any more

    @abstractmethod
    def allowed(self) -> Allowed:
        """Return what may come next."""

    @abstractmethod
    def advance(self, token: int) -> None:
        """Take the token that was chosen.

        Raises:
            ModelError: the constraint cannot be followed any further.
        """

    def text(self) -> str | None:
        """Return the exact text where the state knows it; None: decode the tokens."""
        return None


class JsonState(ConstraintState):
    """Follow a JSON schema, compiled by llguidance; separators as `json.dumps` writes them, no other white space."""

    def __init__(self, tokenizer: LLTokenizer, schema: Mapping[str, Any]) -> None:
        from llguidance import LLMatcher

        grammar = LLMatcher.grammar_from_json_schema(json.dumps(schema), overrides=JSON_FORMAT)  # type: ignore[arg-type]
        self._matcher = LLMatcher(tokenizer, grammar, log_level=0)
        self._check("the JSON schema cannot be used as a constraint")

    def allowed(self) -> Allowed:
        """Return the mask that llguidance computes."""
        mask = np.frombuffer(self._matcher.compute_logit_bias(), dtype=np.uint8) > 0
        self._check("the JSON constraint gave up")
        return mask

    def advance(self, token: int) -> None:
        """Take a token; raise `ModelError` where the grammar gives up."""
        self._matcher.consume_token(token)
        self._check("the JSON constraint gave up")
        self.finished = self._matcher.is_stopped()

    def _check(self, what: str) -> None:
        if self._matcher.is_error():
            raise ModelError(f"{what}: {self._matcher.get_error().strip()}")


class ChoiceState(ConstraintState):
    """Say exactly one option. At an option that others continue ("Rocky", "Rocky II") the end of text decides."""

    def __init__(self, options: OptionTokens, end_ids: tuple[int, ...]) -> None:
        self._options = options
        self._end_ids = end_ids
        self._open_before = np.arange(len(options.trie) + 1)
        self._node = options.trie.root
        self._chosen: str | None = None

    def allowed(self) -> Allowed:
        """Return the tokens that lead on to an option, and the end of text where one is complete."""
        following = self._options.trie.next_tokens(self._node, self._open_before)
        low, high = self._options.trie.ending(self._node)
        return np.append(following, self._end_ids) if high > low else following

    def advance(self, token: int) -> None:
        """Take a token of an option, or the end of text."""
        trie = self._options.trie
        low, high = trie.ending(self._node)
        if high > low and token in self._end_ids:
            self._choose(low)
            return
        self._node = trie.descend(self._node, token)
        low, high = trie.ending(self._node)
        if high == self._node.high:  # nothing longer: no need to wait for the end of text
            self._choose(low)

    def _choose(self, row: int) -> None:
        self._chosen = self._options.titles[int(self._options.trie.option_of[row])]
        self.finished = True

    def text(self) -> str | None:
        """Return the option that was chosen."""
        return self._chosen


class RankedState(ConstraintState):
    """Say `k` numbered lines, each an open option not said before; fewer where options run out."""

    def __init__(self, options: OptionTokens, end_ids: tuple[int, ...], k: int, excluded: frozenset[str]) -> None:
        self._options = options
        self._end_ids = end_ids
        self._is_open = np.ones(len(options.trie), dtype=bool)  # (n,), in the trie's order
        self._is_open[[options.row_of[title] for title in excluded if title in options.row_of]] = False
        self._n_lines = min(k, int(self._is_open.sum()))
        self._lines: list[str] = []
        self._node: Node | None = None
        self._forced: list[int] = []
        self.finished = self._n_lines == 0
        if not self.finished:
            self._start_line()

    def _start_line(self) -> None:
        self._forced = list(self._options.number(len(self._lines) + 1))
        self._open_before = np.concatenate(([0], np.cumsum(self._is_open)))  # (n + 1,)
        self._node = None

    def allowed(self) -> Allowed:
        """Return the rest of the line number, then tokens of open titles, then what ends a title."""
        if self._forced:
            return np.asarray(self._forced[:1], dtype=np.int64)
        node = self._node or self._options.trie.root
        following = self._options.trie.next_tokens(node, self._open_before)
        return np.append(following, self._after_title()) if self._ended(node) is not None else following

    def _after_title(self) -> tuple[int, ...]:
        if len(self._lines) + 1 == self._n_lines:
            return self._end_ids
        return self._options.number(len(self._lines) + 2)[:1]

    def _ended(self, node: Node) -> int | None:
        """Return the first open row that ends at the node."""
        low, high = self._options.trie.ending(node)
        rows = np.flatnonzero(self._is_open[low:high])
        return low + int(rows[0]) if len(rows) else None

    def advance(self, token: int) -> None:
        """Take a token of a number, of a title, or after one."""
        if self._forced:
            self._forced.pop(0)
            return
        node = self._node or self._options.trie.root
        row = self._ended(node)
        if row is not None and token in self._after_title():
            self._close_line(row)
            if not self.finished:
                self._forced.pop(0)  # the first token of the next number is the one that just came
            return
        self._node = self._options.trie.descend(node, token)
        row = self._ended(self._node)
        if row is not None and not len(self._options.trie.next_tokens(self._node, self._open_before)):
            self._close_line(row)

    def _close_line(self, row: int) -> None:
        self._lines.append(self._options.titles_by_row[row])
        self._is_open[row] = False
        self.finished = len(self._lines) == self._n_lines
        if not self.finished:
            self._start_line()

    def text(self) -> str | None:
        """Return all lines once they are complete."""
        if not self.finished:
            return None
        return "\n".join(f"{rank}. {title}" for rank, title in enumerate(self._lines, start=1))
