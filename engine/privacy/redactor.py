"""Take personal data out of texts and JSON: users by their pseudonyms, all else by its kind. Not here: finding it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field

from engine.privacy.masking import redact
from engine.privacy.patterns import Find
from engine.privacy.people import People, calls_user
from engine.privacy.pseudonyms import Pseudonyms

_TEXTS_KEPT = 50_000


@dataclass
class Redactor:
    """Replaces what is found in texts of one dataset's runs. Texts are read once; `counts` counts by kind."""

    people: People
    pseudonyms: Pseudonyms
    counts: Counter[str]
    known: dict[str, tuple[str, Counter[str]]] = field(default_factory=dict)

    def text(self, text: str) -> str:
        """Return a text with what is found in it replaced."""
        kept = self.known.get(text)
        if kept is None:
            if len(self.known) >= _TEXTS_KEPT:
                self.known.clear()
            own: Counter[str] = Counter()
            kept = self.known[text] = (redact(text, self.people.find(text), self._instead, own), own)
        self.counts.update(kept[1])
        return kept[0]

    def json(self, text: str) -> str:
        """Return JSON with what is found in its texts replaced, and users where a field says that it names one."""
        try:
            value = json.loads(text)
        except ValueError:
            return self.text(text)
        return json.dumps(self._value(value), ensure_ascii=False)

    def identifier(self, value: str) -> str:
        """Return an id of the catalogue or graph as it is, unless it is a user's."""
        if value in self.people.ids and value.lower() not in self.people.public:
            return self.pseudonyms.user(value)
        return value

    def _value(self, value: object, *, is_user: bool = False) -> object:
        """Return a JSON value; `is_user`: it stands in a field that is called a user, so that any id in it is one."""
        match value:
            case str() | int() if is_user and str(value) in self.people.ids:
                self.counts["user_id"] += 1
                return self.pseudonyms.user(str(value))
            case str():
                return self.text(value)
            case list():
                return [self._value(inner, is_user=is_user) for inner in value]
            case dict():
                return {
                    self.text(name): self._value(inner, is_user=calls_user(name) or (is_user and name.lower() == "id"))
                    for name, inner in value.items()
                }
            case _:
                return value

    def _instead(self, find: Find) -> str:
        is_user = find.text in self.people.ids
        return self.pseudonyms.user(find.text) if is_user else f"[{find.kind.replace('_', ' ')}]"
