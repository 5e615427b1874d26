"""Scores of one-token labels from the list of likeliest tokens that a server returns for one decoding step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.errors import ModelError
from engine.models.contract import ContinuationScore

TOP_TOKENS = 20  # the most that OpenAI, vLLM and Ollama list


def label_scores(labels: Sequence[str], listed: Mapping[str, float]) -> tuple[ContinuationScore, ...]:
    """Return the log-probability of each label as the next token.

    A token is the label itself, else the label with white space around it. A label that is not listed gets the smallest
    listed value as an upper bound.

    Args:
        labels: single tokens, such as "Yes" and "No".
        listed: token text -> natural-log probability, the likeliest tokens of the step.

    Raises:
        ModelError: a label is longer than one token, or no label is listed.
    """
    if not listed:
        raise ModelError(
            "the server returned no log-probabilities: it does not offer them. Use a local model to score."
        )
    scores = tuple(_score(label, listed) for label in labels)
    if scores and all(score.is_upper_bound for score in scores):
        raise ModelError(
            f"none of the labels {', '.join(map(repr, labels[:5]))} is among the {len(listed)} likeliest tokens "
            f"({', '.join(map(repr, list(listed)[:5]))}, ...). Ask for one of the labels in the prompt, "
            "and use one-token labels."
        )
    return scores


def _score(label: str, listed: Mapping[str, float]) -> ContinuationScore:
    if label in listed:
        return ContinuationScore(logprob=listed[label], tokens=1)
    word = label.strip()
    spaced = [logprob for token, logprob in listed.items() if token.strip() == word]
    if spaced:
        return ContinuationScore(logprob=max(spaced), tokens=1)
    part = next((token for token in listed if token.strip() and word.startswith(token.strip())), None)
    if part is not None:
        raise ModelError(
            f"the label {label!r} is longer than one token (it begins with {part!r}), and a server scores single "
            "tokens only. "
            "Use shorter labels such as A, B, C, or a local model."
        )
    return ContinuationScore(logprob=min(listed.values()), tokens=1, is_upper_bound=True)
