"""Generated text -> catalogue item or None, with kind of match and score.

`read_lines` turns a raw answer into lines, `Grounder` turns lines into items. The order of things: `words` and `normal`
(what is the same spelling), `hints` and `readings` (what a line says), `catalogue` (lookups), `choice` (homonyms),
`fuzzy` (slips of spelling).
"""

from engine.grounding.answers import AnswerLine, read_lines
from engine.grounding.grounder import Grounder, NearMiss

__all__ = ["AnswerLine", "Grounder", "NearMiss", "read_lines"]
