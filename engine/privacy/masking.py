"""Show that something was found without showing it, and take it out of texts. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from engine.privacy.patterns import Find

HIDDEN = "***"


def masked(find: Find) -> str:
    """Return a find with most of it hidden: enough to look for it in the log, too little to use it."""
    text = find.text
    match find.kind:
        case "email":
            return f"{text[0]}{HIDDEN}@{HIDDEN}.{text.rpartition('.')[2]}"
        case "iban":
            return f"{text[:2]}{HIDDEN}"
        case "card" | "phone":
            return f"{HIDDEN}{text[-2:]}"
        case "ip":
            separator = ":" if ":" in text else "."
            return f"{text.partition(separator)[0]}{separator}{HIDDEN}"
        case "name":
            return " ".join(f"{word[0]}{HIDDEN}" for word in text.split())
        case _:
            return f"{text[0]}{HIDDEN}" if len(text) > 2 else HIDDEN


def redact(text: str, finds: list[Find], replace: Callable[[Find], str], counts: Counter[str] | None = None) -> str:
    """Return the text with each find replaced. `finds` are in its order, without overlaps; `counts` counts by kind."""
    parts, end = [], 0
    for find in finds:
        parts += [text[end : find.start], replace(find)]
        end = find.end
        if counts is not None:
            counts[find.kind] += 1
    return "".join([*parts, text[end:]])
