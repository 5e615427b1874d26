"""One colour and one symbol a paradigm, everywhere (Okabe-Ito). The symbol says what the colour says."""

from __future__ import annotations

from dataclasses import dataclass

from engine.records import Paradigm


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a paradigm looks: colour, Plotly symbol, the same symbol as a character, and its name in words."""

    colour: str
    symbol: str
    mark: str
    name: str


_LOOKS = {
    Paradigm.BASELINE: Look(colour="#8a8f98", symbol="circle-open", mark="○", name="baseline"),
    Paradigm.SRE: Look(colour="#0072B2", symbol="circle", mark="●", name="semantic representation (SRE)"),
    Paradigm.GR: Look(colour="#E69F00", symbol="square", mark="■", name="generative (GR)"),
    Paradigm.DMI: Look(colour="#009E73", symbol="diamond", mark="◆", name="discriminative matching (DMI)"),
}
_OTHER = Look(colour="#8a8f98", symbol="x", mark="×", name="other")


def look(paradigm: str) -> Look:
    """Return the look of a paradigm; one that an imported log names and RecAudit does not know has its own."""
    try:
        return _LOOKS[Paradigm(paradigm)]
    except ValueError:
        return _OTHER
