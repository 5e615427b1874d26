"""Words and numbers for the screen. What comes out of a log is text and stays text: never markup, code or emoji."""

from __future__ import annotations

import html
import math
import re
from datetime import UTC, datetime

from audits.results import Card, Interval

NOTHING = "–"
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$&^=])")
_DIRECTIVE = re.compile(r":(?=[A-Za-z0-9_+\-])")
_WORD_JOINER = "\u2060"
_CODE = re.compile(r"`([^`]+)`")
_RANGE = re.compile(r"[\[(]\s*([^,]+?)\s*,\s*(.+?)\s*[\])](?![\w)])")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_SHARE = "share"
_ROUNDING = 1e-9  # of a sum of floating point numbers


def markdown(text: str) -> str:
    """Return the text for places that read Markdown (labels, titles), so that it shows as it is.

    A backslash does not stop Streamlit's colon codes (:smile:, :red[...]): an invisible joiner after the colon does.
    """
    return _escaped(" ".join(text.split()))


def inline(text: str) -> str:
    """Return the text for HTML."""
    return html.escape(text, quote=True)


def said(text: str) -> str:
    """Return a message for Markdown, what it has between backticks as code; see `markdown`."""
    parts = " ".join(text.split()).split("`")
    if len(parts) % 2 == 0 or not all(parts[1::2]):
        return markdown(text)
    return "".join(f"`{part}`" if place % 2 else _escaped(part) for place, part in enumerate(parts))


def inline_said(text: str) -> str:
    """Return a message for HTML, what it has between backticks as code."""
    return _CODE.sub(r"<code>\1</code>", inline(text))


def chart(text: str) -> str:
    """Return the text for Plotly, which reads a few HTML tags in labels and TeX between dollar signs."""
    return html.escape(" ".join(text.split()), quote=False).replace("$", "&#36;")


def shorten(text: str, length: int) -> str:
    """Return the text cut to `length` characters, with an ellipsis where something is missing."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def visible(text: str) -> str:
    """Return the text with its control characters spelled out: model output must not steer the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def count(n: int | None, noun: str = "") -> str:
    """Return a count with thousands separated, and its noun in the right number."""
    if n is None:
        return NOTHING
    if not noun:
        return f"{n:,}"
    return f"{n:,} {noun if n == 1 else plural(noun)}"


def score_sum(score: float, base: str, contributed: float, parts: str, gap: float | None) -> str:
    """Return what a score is made of: the base value, what `parts` contribute, and the additivity gap.

    A gap that is rounding alone is 0.
    """
    gap = 0.0 if gap is None or abs(gap) <= _ROUNDING * max(1.0, abs(score)) else gap
    return f"score {score:.4g} = base value {base} {contributed:+.4g} from {parts}, additivity gap {gap:.2g}"


def plural(noun: str) -> str:
    """Return the plural of a regular noun."""
    return noun[:-1] + "ies" if noun.endswith("y") else noun + "s"


def decimals(interval: Interval | None, *, scale: float = 1.0, default: int = 3, most: int = 4) -> int:
    """Return how many decimals the interval supports: two digits of its half width."""
    if interval is None:
        return default
    half = abs(interval.high - interval.low) * scale / 2
    if half <= 0 or not math.isfinite(half):
        return default
    return max(0, min(most, 1 - math.floor(math.log10(half))))


def value(number: float | None, card: Card, interval: Interval | None = None) -> str:
    """Return a measure's value with its unit: a share as a percentage, anything else with its interval's precision."""
    if number is None:
        return NOTHING
    if card.unit == _SHARE:
        return f"{number * 100:.{_share_decimals(interval)}f}%"
    digits = 0 if card.unit in {"items", "tokens"} and abs(number) >= 100 else decimals(interval)
    return f"{number:,.{digits}f}{unit_after(card)}"


def difference(number: float | None, card: Card, interval: Interval | None = None) -> str:
    """Return a signed difference; of shares in percentage points (pp)."""
    if number is None:
        return NOTHING
    if card.unit == _SHARE:
        return f"{number * 100:+.{_share_decimals(interval)}f} pp"
    return f"{number:+,.{decimals(interval)}f}{unit_after(card)}"


def interval_text(interval: Interval | None, card: Card) -> str:
    """Return an interval in words, for example "95% CI 0.131 to 0.153"; empty: there is none."""
    if interval is None:
        return ""
    return f"{interval.level:.0%} CI {bounds(interval, card)}"


def bounds(interval: Interval | None, card: Card) -> str:
    """Return an interval's bounds, for example "0.131 to 0.153"."""
    if interval is None:
        return ""
    if card.unit == _SHARE:
        digits = _share_decimals(interval)
        return f"{interval.low * 100:.{digits}f} to {interval.high * 100:.{digits}f}%"
    digits = decimals(interval)
    return f"{interval.low:,.{digits}f} to {interval.high:,.{digits}f}"


def axis_title(card: Card, k: int | None = None) -> str:
    """Return a measure's name with its unit, for an axis."""
    name = label(card, k)
    if card.unit == _SHARE:
        return f"{name}, % of {whole(card)}"
    return f"{name}, {card.unit}" if card.unit else name


def whole(card: Card) -> str:
    """Return what a share is a share of, in a few words: the card's denominator up to its first colon or stop."""
    return re.split(r"[:;.(]", card.denominator, maxsplit=1)[0].strip() or "the whole"


def label(card: Card, k: int | None = None) -> str:
    """Return a measure's name with its cutoff written in where the runs share one."""
    return card.label.replace("@k", f"@{k}") if k is not None else card.label


def unit_after(card: Card) -> str:
    """Return what stands behind a value."""
    return f" {card.unit}" if card.unit and card.unit != _SHARE else ""


def scaled(number: float | None, card: Card) -> float | None:
    """Return the number as it is drawn: a share in percent."""
    if number is None:
        return None
    return number * 100 if card.unit == _SHARE else number


def limits(card: Card) -> tuple[float | None, float | None]:
    """Return the ends of a measure's range as they are drawn, None where it has none: "[0, 1]" -> (0.0, 1.0)."""
    found = _RANGE.match(card.range)
    if found is None:
        return None, None
    low, high = (float(end) if _NUMBER.fullmatch(end) else None for end in found.groups())
    return scaled(low, card), scaled(high, card)


def p_value(p: float | None) -> str:
    """Return a p-value; small ones as a bound."""
    if p is None:
        return NOTHING
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def local_time(moment: datetime | None) -> str:
    """Return a moment (UTC; one without zone is UTC) in this machine's time, with its zone."""
    if moment is None:
        return NOTHING
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return f"{aware.astimezone():%Y-%m-%d %H:%M %Z}"


def duration(seconds: float | None) -> str:
    """Return a duration in the two largest units that matter."""
    if seconds is None:
        return NOTHING
    if seconds < 1:
        return "under 1 s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02d} min"


def _share_decimals(interval: Interval | None) -> int:
    return max(1, min(2, decimals(interval, scale=100, default=1, most=3) - 1))


def _escaped(flat: str) -> str:
    return _DIRECTIVE.sub(":" + _WORD_JOINER, _MARKDOWN.sub(r"\\\1", flat))
