"""Reasons with their claims marked by verdict, and each claim with its evidence. No colour without its sign."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from dashboard.loaders.claims import ClaimLine
from dashboard.render import text

LEGEND = "In reasons: ✓ supported, ✕ contradicted, ? nothing known decides, ○ nothing that could be checked was read."
_SIGNS = {"supported": "✓", "contradicted": "✕", "unverifiable": "?", "unscored": "○"}
_COLOURS = {"supported": "ra-good", "contradicted": "ra-bad", "unverifiable": "ra-muted", "unscored": "ra-muted"}
_WORST_FIRST = ("contradicted", "unverifiable", "unscored", "supported")
_NO_BREAK = "\u2060"
_PREFIX = re.compile(r"^(?:not |same as |about |below |above |at most |at least )+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Mark:
    """Claims that are made at one place of a text; an empty span: at the end of their sentence."""

    start: int
    end: int
    claims: tuple[ClaimLine, ...]


def marked(said: str, claims: Sequence[ClaimLine]) -> str:
    """Return a text as HTML in which each claimed value carries its verdict, by underline, colour and sign."""
    parts, at = [], 0
    for mark in _marks(said, claims):
        parts += [text.inline(said[at : mark.start]), _one(said[mark.start : mark.end], mark.claims)]
        at = mark.end
    return "".join([*parts, text.inline(said[at:])])


def listed(claims: Sequence[ClaimLine]) -> str:
    """Return the claims of a text as a folded table: verdict, claim, the row that it rests on; empty: there is none."""
    told = [claim for claim in claims if claim.relation]
    if not told:
        return ""
    counts = Counter(claim.verdict for claim in told)
    summary = ", ".join(f"{counts[verdict]} {verdict}" for verdict in _SIGNS if counts[verdict])
    rows = "".join(_row(claim) for claim in told)
    heading = f"{text.count(len(told), 'claim')}: {summary}"
    return (
        f'<details class="ra-claims"><summary class="ra-small ra-muted">{heading}</summary>'
        "<table><thead><tr><th>verdict</th><th>claim</th><th>what is known</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></details>"
    )


def _marks(said: str, claims: Sequence[ClaimLine]) -> Iterator[_Mark]:
    """Yield the places of claims, from the left, none within another."""
    at = 0
    for sentence, some in groupby(claims, key=lambda claim: claim.sentence):
        start = said.find(sentence, at) if sentence else -1
        if start < 0:
            continue
        at = start + len(sentence)
        yield from _within(said, start, at, list(some))


def _within(said: str, start: int, end: int, claims: Sequence[ClaimLine]) -> Iterator[_Mark]:
    places: dict[tuple[int, int], list[ClaimLine]] = {}
    for claim in claims:
        places.setdefault(_place(said, start, end, claim), []).append(claim)
    past, homeless = start, []
    for (first, last), some in sorted(places.items(), key=lambda pair: (pair[0][0], -pair[0][1])):
        if first < past or first == last:
            homeless += some
            continue
        yield _Mark(first, last, tuple(some))
        past = last
    if homeless:
        yield _Mark(end, end, tuple(homeless))


def _place(said: str, start: int, end: int, claim: ClaimLine) -> tuple[int, int]:
    bare = _PREFIX.sub("", claim.value)
    for wanted in (bare, *bare.split(" with ", 1)[:1], bare.rpartition(": ")[0]):
        if wanted:
            found = re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", said[start:end], re.IGNORECASE)
            if found:
                return start + found.start(), start + found.end()
    return end, end


def _one(said: str, claims: Sequence[ClaimLine]) -> str:
    verdicts = [claim.verdict for claim in claims]
    worst = next((verdict for verdict in _WORST_FIRST if verdict in verdicts), "unscored")
    why = "\n".join(_told(claim) for claim in claims)
    signs = "".join(_sign(verdict) for verdict in verdicts)
    shown = f'<span class="ra-{worst}">{text.inline(said)}</span>' if said else ""
    gap = _NO_BREAK if said else " "
    return f'<span class="ra-claim" title="{text.inline(why)}">{shown}<i>{gap}{signs}</i></span>'


def _sign(verdict: str) -> str:
    sign, colour = _SIGNS.get(verdict, "○"), _COLOURS.get(verdict, "ra-muted")
    return f'<span class="{colour}" role="img" aria-label="{text.inline(verdict)}">{sign}</span>'


def _told(claim: ClaimLine) -> str:
    if not claim.relation:
        return "nothing that could be checked was read"
    return f"{claim.verdict}: {_claim(claim)}. {claim.evidence}"


def _claim(claim: ClaimLine) -> str:
    of = f" of {claim.subject}" if claim.subject else ""
    return f"{claim.relation}{of}: {claim.value}"


def _row(claim: ClaimLine) -> str:
    colour = _COLOURS.get(claim.verdict, "ra-muted")
    verdict = f'{_sign(claim.verdict)} <span class="{colour}">{text.inline(claim.verdict)}</span>'
    return (
        f'<tr><td class="ra-verdict">{verdict}</td><td>{text.inline(_claim(claim))}</td>'
        f"<td>{text.inline(claim.evidence or 'nothing')}</td></tr>"
    )
