"""Sentences about people who chose two items: "People who chose Ikiru also chose this (3 of 8)"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from audits.claims.reading import Found, Reading
from audits.claims.records import Value

_CHOSE = (
    r"(?:chose|choose|picked|pick|watched|watch|saw|see|read|bought|buy|purchased|purchase|listened to|listen to|heard"
    r"|played|play|liked|like|loved|love|enjoyed|enjoy|rated|finished|had|know|own)"
)
_WHO = re.compile(
    rf"\b(?:people|users?|readers|viewers|listeners|customers|shoppers|others|those|everyone|many|most)\s+who\s+"
    rf"(?:have\s+)?(?:also\s+)?{_CHOSE}\s+[\"“'‘«¿¡]*$",
    re.IGNORECASE,
)
_TOO = re.compile(
    rf"[?!.…\"”'’»)]*\s*,?\s*(?:(?:often|usually|mostly|have|tend\s+to)\s+)*(?:also|too|likewise)\s+(?:have\s+)?{_CHOSE}\s+"
    rf"(?:this|it)\b(?:\s+(?:one|film|movie|book|novel|album|record|item|article))?"
    rf"(?:\s*\(?\s*(?P<both>\d[\d,]*)\s+(?:out\s+)?of\s+(?:the\s+)?(?P<all>\d[\d,]*)\s*\)?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TogetherFound:
    """Another item that the same people are said to have chosen; `found.value` counts them where the sentence does."""

    start: int
    end: int
    found: Found


def read_together(reading: Reading) -> Iterator[TogetherFound]:
    """Yield each title of which a sentence says that its people chose the recommended item too."""
    for title in reading.titles:
        who = _WHO.search(reading.text[: title.start])
        named = reading.found_title(title)
        too = _TOO.match(reading.text, named.end) if who else None
        if who is None or too is None:
            continue
        counted = too["both"] is not None
        text = f"{too['both']} of {too['all']} with {named.value.text}" if counted else f"with {named.value.text}"
        value = Value(
            text=text, item_ids=named.value.item_ids,
            number=_number(too["both"]) if counted else None, upper=_number(too["all"]) if counted else None,
        )  # fmt: skip
        yield TogetherFound(who.start(), too.end(), Found(named.start, named.end, value))


def _number(text: str) -> float:
    return float(text.replace(",", ""))
