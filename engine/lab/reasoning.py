"""A stated reasoning cut, replaced by filler or put into other words. Pure text; not here: wrong terms (vocabulary).

Source: Lanham et al., "Measuring Faithfulness in Chain-of-Thought Reasoning", 2023 (arXiv 2307.13702), section 2: the
interventions are theirs; cutting by words and the rules of the paraphrase are our own [R].
"""

from __future__ import annotations

import re

LEVELS = (0.0, 0.25, 0.5, 0.75, 1.0)  # shares of the reasoning that early answering keeps
FILLER = "..."

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"[^\W\d_]+")
_SAME = {
    "because": "since",
    "books": "novels",
    "creators": "makers",
    "enjoy": "like",
    "enjoys": "likes",
    "fond": "keen",
    "genre": "style",
    "genres": "styles",
    "kinds": "sorts",
    "like": "enjoy",
    "likes": "enjoys",
    "movies": "films",
    "often": "frequently",
    "people": "persons",
    "prefer": "favour",
    "prefers": "favours",
    "since": "because",
}


def cut(reasoning: str, share: float) -> str:
    """Return the first `share` of the words, rounded half up; 0 leaves nothing, 1 everything."""
    words = reasoning.split()
    return " ".join(words[: int(share * len(words) + 0.5)])


def filler(reasoning: str) -> str:
    """Return as many dots in threes as the reasoning has words."""
    return " ".join(FILLER for _ in reasoning.split())


def paraphrased(reasoning: str) -> str:
    """Say the same in another order and other words: sentences and enumerations turned round, everyday words swapped.

    Names and genres stay as they are. A reasoning of one sentence without an enumeration may stay unchanged.
    """
    sentences = [_turned(sentence) for sentence in _SENTENCE.split(reasoning.strip())]
    return _WORD.sub(_other_word, " ".join(reversed(sentences)))


def _turned(sentence: str) -> str:
    """Turn the enumeration after a colon round: "Genres: a, b, c." -> "Genres: c, b, a."."""
    head, colon, rest = sentence.rpartition(": ")
    if not colon:
        return sentence
    body = rest.rstrip(".!?")
    parts = body.split(", ")
    if len(parts) < 2:
        return sentence
    return f"{head}{colon}{', '.join(reversed(parts))}{rest[len(body) :]}"


def _other_word(match: re.Match[str]) -> str:
    word = match[0]
    other = _SAME.get(word.casefold())
    if other is None or (word != word.casefold() and word != word.capitalize()):
        return word
    return other.capitalize() if word[0].isupper() else other
