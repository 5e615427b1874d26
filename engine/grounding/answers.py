"""A raw answer -> the lines that stand for recommendations. Not here: which item a line names (`Grounder`).

Read in this order, the first that fits: JSON, a table, numbered lines, bullets, plain lines, one line with separators.
Words before, between and after the list are no recommendations. A line of the list that holds no title comes back as
unparseable, and so does an answer without any list: what a model failed to say is a fact to be logged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.grounding.readings import plain_title
from engine.grounding.words import ARTICLES, TITLE_FIELDS

_THINKING = re.compile(r"<(think|thinking|reasoning|scratchpad)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"^\s*(?:```|~~~)\w*\s*$", re.MULTILINE)
_NUMBERED = re.compile(
    r"^[\s>*_#•-]*(?:no\.?\s*|rank\s*)?[(\[]?(\d{1,3})\s*(?:[.)\]](?!\d)[:]?|:(?=\s)|\s-(?=\s))",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^\s*(?:>\s*)*[-*•●○▪◦‣·–—+](?:\s+|(?=[^\s\w*-]))")
_INLINE = re.compile(r"(?<!\S)[(]?(\d{1,3})[.)]\s+(?=\S)")
_RULE = re.compile(r"^\s*\|?[\s:|=-]*-[\s:|=-]*\|?\s*$")
_PLACEHOLDER = re.compile(
    r"^[\W_]*$|^(?:n/?a|tbd|null)$|^[<\[{(]?\s*(?:\w+\s+)?(?:title|titles|item|name)s?\s*(?:here|\d+|[a-z])?\s*[>\]})]?$",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(r"^\W*\d{1,3}\s*[.)\]:]\W*$")  # numbering with nothing behind it
_FRAME = re.compile(r"</?(?:ol|ul|html|body|table|tbody|div|list|answer)(?:\s[^<>]*)?>", re.IGNORECASE)
_OPENING = re.compile(
    r"^(?:here(?:'s| is| are)|sure|certainly|of course|absolutely|okay|ok,|based on|given|considering|as an? |"
    r"i(?:'d| would)? (?:recommend|suggest)|i(?:'m| am| think| hope| have)|my (?:recommend|suggest|top)|top \d+|"
    r"these|the following|recommend(?:ed|ations?)|"
    r"for (?:you|this user)|thank|great|you (?:might|may|could|would)|since you|because you|let me)\b",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^(?:enjoy|i hope|hope|let me|please|note|these|each of|all of|would you|if you|feel free|happy|this list|"
    r"the above)\b",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"^(?:i(?:'m| am) (?:sorry|unable|afraid)|sorry|i (?:can(?:no|')t|cannot|do not|don't)|unfortunately|as an ai)\b",
    re.I,
)
_TITLE_PIECES = re.compile(r"\"[^\"]+\"|“[^”]+”|«[^»]+»|\*\*[^*]+\*\*|(?<![\w*])\*[^*]+\*|[^,;|]+")
_PHRASE_END = re.compile(
    r"^[^:]{0,80}?\b(?:recommend|suggest|recommendations?|suggestions?|list|titles|are|include|following|watch|read|like)\b[^:]{0,60}:\s*",
    re.I,
)
_MAX_TITLE_WORDS = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """One entry of an answer: its text as it came, and what to ground; None: no title can be read out of it."""

    raw: str
    title: str | None


def read_lines(text: str, k: int) -> list[AnswerLine]:
    """Return the entries of an answer, in order, as many as there are; `k` is how many were asked for.

    An empty answer gives no entry; an answer without any title gives one unparseable entry.
    """
    text = _FRAME.sub("", _FENCE.sub("", _THINKING.sub("", text))).strip()
    if not text:
        return []
    rows = [row for row in text.splitlines() if row.strip()]
    for read in (_json_entries, _table_entries, _numbered_entries, _bullet_entries):
        entries = list(read(text, rows))
        if entries:
            return entries
    return list(_plain_entries(rows, k)) or [AnswerLine(raw=text, title=None)]


def _line(raw: str) -> AnswerLine:
    title = plain_title(raw)
    is_title = (
        not _BARE_NUMBER.match(raw) and not _PLACEHOLDER.match(title) and len(title.split()) <= 4 * _MAX_TITLE_WORDS
    )
    return AnswerLine(raw=raw.strip(), title=raw.strip() if is_title else None)


def _json_entries(text: str, _rows: list[str]) -> Iterator[AnswerLine]:
    start = re.search(r"[\[{]\s*[\"{\[]", text)
    if start is None or text[: start.start()].count("\n") > 5:
        return
    try:
        value, _ = json.JSONDecoder().raw_decode(text[start.start() :])
    except (json.JSONDecodeError, RecursionError):
        yield from _broken_json_entries(text[start.start() :])
        return
    for element in _list_in(value):
        yield _json_entry(element)


def _list_in(value: object) -> list:
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        return []
    lists = [inner for inner in value.values() if isinstance(inner, list) and inner]
    if lists and not isinstance(value.get("title"), str):
        return lists[0]
    if any(name in value for name in TITLE_FIELDS):
        return [value]
    return list(value.values())  # {"1": "Dune", "2": "Alien"}


def _json_entry(element: object) -> AnswerLine:
    raw = element if isinstance(element, str) else json.dumps(element, ensure_ascii=False)
    if isinstance(element, int | float) or element is None:
        return AnswerLine(raw=raw, title=None)
    if isinstance(element, dict) and not any(isinstance(element.get(name), str | int) for name in TITLE_FIELDS):
        return AnswerLine(raw=raw, title=None)
    return _line(raw)


def _broken_json_entries(text: str) -> Iterator[AnswerLine]:
    """Read what is whole of JSON that was cut off or is not quite JSON: its objects, else its strings."""
    objects = re.findall(r"\{[^{}]*\}", text)
    if objects:
        yield from (_line(found) for found in objects)
        return
    if not re.match(r"\[\s*\"", text):
        return
    yield from (_line(json_text) for json_text in re.findall(r"\"(?:[^\"\\]|\\.)*\"(?!\s*:)", text))


def _table_entries(_text: str, rows: list[str]) -> Iterator[AnswerLine]:
    table = [row for row in rows if row.strip().startswith("|") and row.count("|") > 1]
    if len(table) < 2:
        return
    has_head = any(_RULE.match(row) for row in table)
    head = [cell.strip().casefold() for cell in table[0].strip().strip("|").split("|")]
    column = (
        next((i for i, cell in enumerate(head) if any(name in cell for name in TITLE_FIELDS)), None)
        if has_head
        else None
    )
    for row in table[1:] if has_head else table:
        if _RULE.match(row):
            continue
        cells = [cell.strip() for cell in row.strip().strip("|").split("|")]
        if column is not None and column < len(cells):
            cells = [
                cells[column],
                *(cell for i, cell in enumerate(cells) if i != column and (not cell.isdigit() or len(cell) == 4)),
            ]
        entry = _line(f"| {' | '.join(dict.fromkeys(cells))} |")
        yield AnswerLine(raw=row.strip(), title=entry.title)


def _numbered_entries(text: str, rows: list[str]) -> Iterator[AnswerLine]:
    numbered = [row for row in rows if _NUMBERED.match(row)]
    if len(numbered) < 2:
        pieces = _inline_pieces(text)
        if pieces:
            yield from (_line(piece) for piece in pieces)
            return
    if not numbered or (len(numbered) == 1 and len(rows) > 3):
        return
    yield from (_line(row) for row in numbered)


def _inline_pieces(text: str) -> list[str]:
    """Split "1. Dune 2. Alien 3. Heat", where the numbers count up from 1."""
    starts: list[int] = []
    for found in _INLINE.finditer(text):
        if int(found[1]) == len(starts) + 1:
            starts.append(found.start())
    if len(starts) < 2:
        return []
    return [text[a:b].strip(" ,;\n") for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]


def _bullet_entries(_text: str, rows: list[str]) -> Iterator[AnswerLine]:
    bullets = [row for row in rows if _BULLET.match(row)]
    if len(bullets) > 1 or (bullets and len(rows) < 3):
        yield from (_line(row) for row in bullets)


def _plain_entries(rows: list[str], k: int) -> Iterator[AnswerLine]:
    """Read plain lines; where only one is left and more than one title was asked for, what its separators part."""
    lines = [row.strip() for row in rows]
    while len(lines) > 1 and (_OPENING.match(lines[0]) or lines[0].endswith(":")):
        lines.pop(0)
    while len(lines) > 1 and (_CLOSING.match(lines[-1]) and (_is_prose(lines[-1]) or lines[-1].endswith("!"))):
        lines.pop()
    if len(lines) > 1:
        for line in lines:
            yield AnswerLine(raw=line, title=None) if _is_prose(line) else _line(line)
        return
    line = lines[0]
    if _REFUSAL.match(line):
        yield AnswerLine(raw=line, title=None)
        return
    pieces = _pieces(line) if k > 1 else []
    if len(pieces) > 1:
        yield from (_line(piece) for piece in pieces)
    elif _is_prose(line) or _OPENING.match(line):
        yield AnswerLine(raw=line, title=None)
    else:
        yield _line(line)


def _pieces(line: str) -> list[str]:
    """Split a list in one line at semicolons, bars or commas; quoted and emphasised pieces stay whole."""
    line = _PHRASE_END.sub("", line).strip()
    quoted = re.findall(r"\"[^\"]+\"|“[^”]+”|«[^»]+»|\*\*[^*]+\*\*|(?<![\w*])\*[^*\s][^*]*\*", line)
    if len(quoted) > 1:
        return quoted
    if _OPENING.match(line):
        line = re.sub(
            r"^.*?\b(?:recommend|suggest|watch|read|try|like|enjoy)\b\s*", "", line, count=1, flags=re.IGNORECASE
        )
    for separator in (r"\s*;\s*", r"\s+\|\s+", r"\s*[,、，]\s*"):
        pieces = [
            re.sub(r"^(?:and|or|&)\s+", "", piece.strip(), flags=re.IGNORECASE) for piece in re.split(separator, line)
        ]
        pieces = _rejoined([piece for piece in pieces if piece])
        if len(pieces) > 1 and not any(_is_prose(piece) for piece in pieces):
            pieces[-1] = pieces[-1].removesuffix(".")
            return _last_pair(pieces)
    return []


def _rejoined(pieces: list[str]) -> list[str]:
    """Put "Matrix", "The" together again."""
    joined: list[str] = []
    for piece in pieces:
        if joined and piece.casefold() in ARTICLES:
            joined[-1] += f", {piece}"
        else:
            joined.append(piece)
    return joined


def _last_pair(pieces: list[str]) -> list[str]:
    """Split "Dune, Alien and Heat" at the last "and" only where the list has no other end."""
    found = re.fullmatch(r"(.+?)\s+and\s+([^,]+)", pieces[-1])
    return [*pieces[:-1], found[1], found[2]] if found and len(pieces) > 1 and len(pieces[-1].split()) <= 4 else pieces


def _is_prose(text: str) -> bool:
    """Tell a sentence from a title: an end of a sentence or much length, and mostly words in lower case."""
    words = re.findall(r"[^\W\d_][\w'’-]*", text)
    lower = sum(word[0].islower() for word in words)
    return (
        len(words) > 6 and lower > len(words) * 0.6 and (text.rstrip()[-1:] in ".!?:" or len(words) > _MAX_TITLE_WORDS)
    )
