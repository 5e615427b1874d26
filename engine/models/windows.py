"""A long premise as windows that a classifier can read: whole sentences while they fit, nothing cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

Pieces = Callable[[str], list[str]]
"""Text -> the parts of it that its tokens stand for, one a token; joined, they are the text."""


def split_premise(sentences: Sequence[str], room: int, pieces: Pieces) -> list[str]:
    """Return the sentences in windows of at most `room` tokens, each window as one text.

    Sentences stay whole and in order; one that is longer than a window is split on its own, each part beginning
    with the last quarter of the part before, so that what stands at a seam is read whole once.

    Source: Laban et al., TACL 2022 (SummaC): a premise is judged in blocks, not as one text that is cut.

    Args:
        sentences: the premise; none gives one empty window.
        room: tokens of a window; at least 8.
        pieces: how the classifier's tokenizer splits a text.
    """
    texts: list[str] = []
    held: list[str] = []
    n_held = 0
    for sentence in sentences:
        n = len(pieces(sentence)) + 1  # a space between sentences may be a token
        if held and n_held + n > room:
            texts.append(" ".join(held))
            held, n_held = [], 0
        held.append(sentence)
        n_held += n
    texts.append(" ".join(held))
    return [window for text in texts for window in _fitting(text, room, pieces)]


def _fitting(text: str, room: int, pieces: Pieces) -> Iterator[str]:
    parts = pieces(text)
    if len(parts) <= room or len(text) < 2:
        yield text
        return
    step = room - room // 4
    for first in range(0, len(parts) - room + step, step):
        window = "".join(parts[first : first + room]).strip()
        yield from _fitting(window, room, pieces)  # cut inside a word, a part may have more tokens than it had there
