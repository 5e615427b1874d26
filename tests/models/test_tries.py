"""The token trie against plain sets of sequences, and its speed with a large catalogue."""

from __future__ import annotations

import time

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.models.tries import TokenTrie

SEQUENCES = st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=5), min_size=1, max_size=30, unique_by=tuple)


@given(SEQUENCES, st.data())
def test_walks_are_exactly_the_open_sequences(sequences: list[list[int]], data: st.DataObject) -> None:
    is_open = data.draw(st.lists(st.booleans(), min_size=len(sequences), max_size=len(sequences)))
    trie = TokenTrie(sequences)
    by_row = np.array([is_open[option] for option in trie.option_of])
    open_before = np.concatenate(([0], np.cumsum(by_row)))
    found: list[int] = []
    waiting = [trie.root]
    while waiting:
        node = waiting.pop()
        low, high = trie.ending(node)
        found += [int(trie.option_of[row]) for row in range(low, high) if by_row[row]]
        tokens = trie.next_tokens(node, open_before)
        assert list(tokens) == sorted(set(tokens))
        waiting += [trie.descend(node, int(token)) for token in tokens]
    assert sorted(found) == [option for option, usable in enumerate(is_open) if usable]


def test_a_large_catalogue_is_quick() -> None:
    random = np.random.default_rng(0)
    sequences = random.integers(0, 8000, size=(50_000, 8)).tolist()
    started = time.process_time()
    trie = TokenTrie(sequences)
    assert time.process_time() - started < 10
    open_before = np.arange(len(trie) + 1)
    started = time.process_time()
    for _ in range(100):
        node = trie.root
        for token in sequences[7]:
            assert token in trie.next_tokens(node, open_before)
            node = trie.descend(node, token)
    assert (time.process_time() - started) / 800 < 0.01  # seconds a step; no loop over titles or vocabulary
