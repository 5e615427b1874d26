"""Numbers in a title's tokens, however they are written: "nineteen eighty four" is 1984, "II" is 2.

Cardinals below a million and years read in two halves. What is no number as a whole is read word by word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.grounding.words import NUMBER_WORDS, PART_WORDS, TENS_WORDS

Number = tuple[int, int]  # the number, and how many tokens it takes; 0 tokens: none
Reader = Callable[[Sequence[str]], Number]

_FIRST_CENTURY, _LAST_CENTURY = 11, 20  # of years read in two halves: "nineteen eighty four"
_TENS, _UNITS = ("", "x", "xx", "xxx"), ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
_ROMAN = {
    tens + units: str(10 * t + u) for t, tens in enumerate(_TENS) for u, units in enumerate(_UNITS) if tens + units
}


def with_numerals(tokens: Sequence[str]) -> list[str]:
    """Write every number of the tokens in digits."""
    written: list[str] = []
    place = 0
    while place < len(tokens):
        value, length = _spelled(tokens[place:]) if _starts(tokens[place]) else (0, 0)
        written.append(str(value) if length else _numeral(tokens[place], place, tokens))
        place += max(1, length)
    return written


def _starts(token: str) -> bool:
    return token in NUMBER_WORDS or token in TENS_WORDS


def _spelled(tokens: Sequence[str]) -> Number:
    """Return the number that begins the tokens and how many of them it takes."""
    century, used = _below_hundred(tokens)
    years, more = _below_hundred(tokens[used:])
    if _FIRST_CENTURY <= century <= _LAST_CENTURY and used == 1 and years >= 10:
        return 100 * century + years, used + more
    return _above("thousand", 1000, _below_thousand(tokens), tokens, _below_thousand)


def _below_thousand(tokens: Sequence[str]) -> Number:
    return _above("hundred", 100, _below_hundred(tokens), tokens, _below_hundred)


def _above(
    word: str,
    factor: int,
    head: tuple[int, int],
    tokens: Sequence[str],
    below: Callable[[Sequence[str]], tuple[int, int]],
) -> Number:
    """Return the number where `word` follows its head, with what is below: "one hundred and one"; else the head."""
    value, used = head
    if not used or tokens[used : used + 1] != [word]:
        return head
    used += 1
    joined = int(tokens[used : used + 1] == ["and"])
    rest, more = below(tokens[used + joined :])
    return factor * value + rest, used + (joined + more if more else 0)


def _below_hundred(tokens: Sequence[str]) -> Number:
    if not tokens:
        return 0, 0
    if tokens[0] in NUMBER_WORDS:
        return int(NUMBER_WORDS[tokens[0]]), 1
    if tokens[0] not in TENS_WORDS:
        return 0, 0
    unit = int(NUMBER_WORDS.get(tokens[1], "0")) if len(tokens) > 1 else 0
    return (TENS_WORDS[tokens[0]] + unit, 2) if 1 <= unit <= 9 else (TENS_WORDS[tokens[0]], 1)


def _numeral(token: str, position: int, tokens: Sequence[str]) -> str:
    if token.isdecimal():
        return str(int(token)) if len(token) < 100 else token
    if position == 0 or token not in _ROMAN:
        return token
    if token == "i" and position < len(tokens) - 1 and tokens[position - 1] not in PART_WORDS:
        return token  # the pronoun, as in "How I Met Your Mother"
    return _ROMAN[token]
