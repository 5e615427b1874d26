"""Numbers that a sentence claims of an item: years, decades, prices, ages, ratings, counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from audits.claims.records import Comparison, Value

_ONES = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_DECADES = {f"{word[:-1]}ies": 10 * number for number, word in enumerate(_TENS, start=2)}
_ORDINALS = {
    word: number
    for number, word in enumerate(
        ("sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth", "twenty-first"), start=16
    )
}
_SPELLED = re.compile(
    rf"\b(?P<hundreds>sixteen|seventeen|eighteen|nineteen|twenty)[\s-]+(?P<tens>{'|'.join(_TENS)})(?:[\s-]+(?P<ones>{'|'.join(_ONES[:9])}))?\b(?!ies)",
    re.IGNORECASE,
)
_COMPARISONS = (
    (r"(?:before|earlier than|prior to|pre-|under|below|less than|cheaper than|fewer than)", Comparison.BELOW),
    (r"(?:after|later than|since|post-|over|above|more than)", Comparison.ABOVE),
    (r"(?:at most|up to|no more than|no later than|until)", Comparison.AT_MOST),
    (r"(?:at least|no less than|from at least)", Comparison.AT_LEAST),
    (r"(?:about|around|approximately|roughly|circa|some|nearly|almost|ca\.?|just over|just under)", Comparison.ABOUT),
)
_COMPARED = "(?:(?P<compared>" + "|".join(pattern for pattern, _ in _COMPARISONS) + r")\s*)?"
_YEAR = re.compile(
    rf"(?P<bracket>\()?{_COMPARED}(?<![\d.,$€£:#/])\b(?P<year>1[0-9]\d\d|20\d\d)\b(?!['’]?s\b)(?![.,:]\d|\s*(?:%|pages|users|people|times|dollars|euros))(?P<closed>\))?",
    re.IGNORECASE,
)
_YEAR_LEFT = re.compile(
    r"(?:\b(?:in|from|of|is|was|since|dates?(?: back)? to|dating(?: back)? to|year|year of release|released"
    r"|published|made|a|an|this|the|another|['’]s|before|after|until|circa|around|about)[\s:,]*|^"
    r"|[,(–—-]\s*)$",
    re.IGNORECASE,
)
_DECADE = re.compile(
    rf"\b(?:(?:early|mid|late)[\s-]+)?(?:(?P<year>1[0-9]\d0|20\d0)['’]?s|['’]?(?P<short>[2-9]0)['’]?s|(?:nineteen[\s-])?(?P<word>{'|'.join(_DECADES)}))\b",
    re.IGNORECASE,
)
_CENTURY = re.compile(rf"\b(?:(?P<number>\d\d)(?:th|st)|(?P<word>{'|'.join(_ORDINALS)}))[\s-]century\b", re.IGNORECASE)
_NUMBER = r"(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)"
_PRICES = (
    re.compile(rf"{_COMPARED}[$€£]\s?{_NUMBER}(?!\d|,\d|\s*(?:million|billion|m\b|k\b))", re.IGNORECASE),
    re.compile(rf"{_COMPARED}\b{_NUMBER}\s?(?:dollars|euros|pounds|usd|eur|bucks)\b", re.IGNORECASE),
    re.compile(
            r"(?:costs?|costing|priced?(?: tag)?(?: (?:at|of|is|was))?|sells? (?:for|at)|selling for|retails? "
            r"(?:at|for)|sold for|on sale for|offered (?:at|for)|(?:yours|available|get it|buy it|have it|bought"
            r"|going) (?:for|at)|at (?:just|only)|for (?:just|only))\s+(?:just |only |is |a )?"
        + _COMPARED + r"\b" + _NUMBER + r"(?!\s*(?:years|stars|pages|tracks|minutes|hours|%|out of))",
        re.IGNORECASE,
    ),
)  # fmt: skip
_FREE = re.compile(
    r"\b(?:free of charge|costs nothing|(?:is|['’]s) free(?: to (?:read|watch|hear|stream))?(?=[.,;!]|$))",
    re.IGNORECASE,
)
_AGES = (
    re.compile(r"\b(?:age rating|minimum age|age limit)(?: of| is| was|:)?\s+(?P<number>\d{1,2})\b", re.IGNORECASE),
    re.compile(r"\b(?P<number>\d{1,2})\+?[\s-]*(?:age rating|certificate|rating\b(?! of))", re.IGNORECASE),
    re.compile(
        r"\b(?:rated|certified|classified)\s+(?:for\s+)?(?:ages?\s+)?(?P<number>\d{1,2})(?:\+|(?!\s*(?:out of|/"
        r"|stars|by|times|[.,]\d)))", re.IGNORECASE),
    re.compile(
        r"\b(?:ages?|aged|from age|from)\s+(?P<number>\d{1,2})\s*(?:\+|and (?:up|over|older|above)|or (?:over"
        r"|older|above)|upwards?|years)", re.IGNORECASE),
    re.compile(
        r"\b(?P<number>\d{1,2})\s*(?:\+|and (?:up|over|older|above)|or (?:over|older))(?!\s*(?:stars|minutes"
        r"|users|tracks|pages))", re.IGNORECASE),
    re.compile(
        r"\b(?:suitable|fit|fine|appropriate|recommended|meant) (?:from|for)(?: children| kids| viewers| readers"
        r"| those)?(?: from| aged?| of)?(?: the)?(?: ages?)?(?: of)?\s+(?P<number>\d{1,2})\b", re.IGNORECASE),
    re.compile(
        r"\b(?:viewers?|readers?|listeners?|audience|children|you)\b[^.;]{0,30}?\b(?:at least|older than"
        r"|over)\s+(?P<number>\d{1,2})\b(?! (?:minutes|stars|books|films))", re.IGNORECASE),
    re.compile(
        r"\bnot (?:suitable |meant |fit )?for (?:anyone |children |viewers |readers )?under\s+"
        r"(?P<number>\d{1,2})\b", re.IGNORECASE),
)  # fmt: skip
_ALL_AGES = re.compile(
    r"\b(?:for|suitable for|fit for) (?:all ages|everyone|all the family|the whole family"
    r"|viewers of all ages|readers of all ages)\b|\bno age (?:limit|restriction)",
    re.IGNORECASE,
)
_ADULTS = re.compile(r"\b(?:adults only|only for adults|for adults only|strictly for adults)\b", re.IGNORECASE)
_RATINGS = (
    re.compile(
        r"\b(?:average|mean|overall|user|community) (?:user )?(?:rating|score)(?: of| is| was| stands at|:)?\s+"
        r"(?P<number>\d(?:\.\d+)?)\b", re.IGNORECASE),
    re.compile(
        r"\b(?:rated|rate it|scores?|averages?|averaging)\s+(?:it\s+)?(?P<number>\d(?:\.\d+)?)\s*(?:stars?"
        r"|out of \d+|/\s*\d+)?\s*(?:on average|by (?:users|viewers|readers|listeners|others))", re.IGNORECASE),
)  # fmt: skip
_COUNTS = (
    re.compile(rf"\b(?:chosen|watched|read|bought|played|picked|consumed|rated)\s+{_NUMBER}\s+times\b", re.IGNORECASE),
    re.compile(
        rf"\b(?:chosen|watched|read|bought|played|picked|consumed|rated) by\s+{_NUMBER}\s+(?:users|people|readers"
        rf"|viewers|listeners|customers)\b", re.IGNORECASE),
)  # fmt: skip
_IN_STOCK = re.compile(
    r"\b(?:in stock|currently available|available (?:now|right now|today)|still available|ready to ship)\b",
    re.IGNORECASE,
)
_OUT_OF_STOCK = re.compile(
    r"\b(?:out of stock|sold out|no longer available|(?:currently )?unavailable|not (?:currently )?available)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class NumberFound:
    """A number at a place of a sentence and the relation that it is of."""

    relation: str
    start: int
    end: int
    value: Value


def read_numbers(text: str, other_year: re.Pattern[str]) -> Iterator[NumberFound]:
    """Yield the numbers that a sentence claims, each with its relation."""
    yield from _years(text, other_year)
    if any(c.isdigit() for c in text):
        for relation, patterns in (("price", _PRICES), ("average_rating", _RATINGS), ("times_chosen", _COUNTS)):
            yield from _first(relation, patterns, text)
        yield from _ages(text)
    for pattern, relation, value in (
        (_FREE, "price", Value(text="free", number=0.0)),
        (_ALL_AGES, "age_rating", Value(text="all ages", number=0.0)),
        (_ADULTS, "age_rating", Value(text="adults", number=18.0)),
        (_OUT_OF_STOCK, "in_stock", Value(text="no", number=0.0)),
        (_IN_STOCK, "in_stock", Value(text="yes", number=1.0)),
    ):
        match = pattern.search(text)
        if match and not (pattern is _IN_STOCK and _OUT_OF_STOCK.search(text)):
            yield NumberFound(relation, match.start(), match.end(), value)


def _years(text: str, other_year: re.Pattern[str]) -> Iterator[NumberFound]:
    for match in _YEAR.finditer(text):
        before = text[: match.start()]
        if match["bracket"] and match["closed"]:
            yield NumberFound(
                "year", match.start("year"), match.end("year"), Value(text=match["year"], number=float(match["year"]))
            )
        elif (match["compared"] or _YEAR_LEFT.search(before)) and not other_year.search(before[-24:]):
            value = Value(text=match["year"], number=float(match["year"]), comparison=_comparison(match["compared"]))
            yield NumberFound("year", match.start(), match.end("year"), value)
    for match in _SPELLED.finditer(text):
        if match["hundreds"].casefold() == "twenty" and match["tens"].casefold() not in ("twenty",):
            continue
        hundreds = (
            20 if match["hundreds"].casefold() == "twenty" else 10 + _ONES.index(match["hundreds"].casefold()) - 9
        )
        tens = 20 + 10 * _TENS.index(match["tens"].casefold())
        ones = _ONES.index(match["ones"].casefold()) + 1 if match["ones"] else 0
        value = Value(text=match[0], number=float(hundreds * 100 + tens + ones))
        if not other_year.search(text[: match.start()][-24:]):
            yield NumberFound("year", match.start(), match.end(), value)
    for match in _DECADE.finditer(text):
        if match["year"]:
            first = int(match["year"])
        else:
            tens = int(match["short"]) if match["short"] else _DECADES[match["word"].casefold()]
            first = (2000 if tens == 20 else 1900) + tens
        if not other_year.search(text[: match.start()][-24:]):
            yield NumberFound("year", match.start(), match.end(), _span(match[0], first, first + 9))
    for match in _CENTURY.finditer(text):
        century = int(match["number"]) if match["number"] else _ORDINALS[match["word"].casefold()]
        if not other_year.search(text[: match.start()][-24:]):
            yield NumberFound(
                "year", match.start(), match.end(), _span(match[0], century * 100 - 100, century * 100 - 1)
            )


def _span(text: str, first: int, last: int) -> Value:
    return Value(text=text, number=float(first), upper=float(last), comparison=Comparison.WITHIN)


def _first(relation: str, patterns: tuple[re.Pattern[str], ...], text: str) -> Iterator[NumberFound]:
    taken: set[int] = set()
    for pattern in patterns:
        for match in pattern.finditer(text):
            if match.start("number") in taken:
                continue
            taken.add(match.start("number"))
            number = float(match["number"].replace(",", ""))
            compared = match.groupdict().get("compared")
            value = Value(text=match["number"], number=number, comparison=_comparison(compared))
            yield NumberFound(relation, match.start(), match.end("number"), value)


def _ages(text: str) -> Iterator[NumberFound]:
    for pattern in _AGES:
        match = pattern.search(text)
        if match:
            value = Value(text=match["number"], number=float(match["number"]))
            yield NumberFound("age_rating", match.start(), match.end("number"), value)
            return


def _comparison(text: str | None) -> Comparison:
    if not text:
        return Comparison.EQUAL
    return next(
        (kind for pattern, kind in _COMPARISONS if re.fullmatch(pattern, text.strip(), re.IGNORECASE)), Comparison.EQUAL
    )
