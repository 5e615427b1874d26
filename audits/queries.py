"""Named SQL files: load, put together from named parts, and fill in parameters. Not here: running them (evidence).

A file begins with comment lines: what its rows are, then `-- uses: a, b` for the named queries that it reads from as
common table expressions. It is one select without a `with` of its own, its parameters are `$name`, and a parameter
that is a list stands in brackets: `in ($run_ids)`. A line `-- kept` says that its rows are worth holding on to while an
evidence is looked at (`audits.keeping`); they must not depend on which other runs are looked at. A line `-- in arrays:
f` says that the function f of `audits.kernels.facts` works the same kept rows out in arrays.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from audits.errors import AuditError

Scalar = str | int | float | bool | None
Parameter = Scalar | Sequence[str] | Sequence[int] | Sequence[float]

_FOLDERS = (Path(__file__).parent / "metrics" / "sql", Path(__file__).parent / "checks" / "sql")
_PARAMETER = re.compile(r"\$([a-z][a-z0-9_]*)")
_USES = "-- uses:"
_KEPT = "-- kept"
_IN_ARRAYS = "-- in arrays:"
_ONE_PASS = re.compile(
    r"select run_id, request_id, user_id,\s+(?:request_no,\s+)?(?P<expression>.*)\s+as metric_value"
    r"\s+from (?P<facts>[a-z_]+)",
    re.DOTALL,
)
_NUMBERED = re.compile(
    r"select (?:[a-z]\.)?run_id, (?:[a-z]\.)?request_id, (?:[a-z]\.)?user_id, (?:[a-z]\.)?request_no,"
)

Instead = Callable[[str], str | None]  # a part's name -> the text to put in its place, None: its own


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedQuery:
    """One SQL file: what it gives, what it reads from, and its select."""

    name: str
    description: str
    uses: tuple[str, ...]
    select: str
    kept: bool = False
    in_arrays: str | None = None  # the function that works the same rows out

    @property
    def is_numbered(self) -> bool:
        """Whether its rows, one a request, carry the request's number besides the names: numbers join far faster."""
        return _NUMBERED.match(self.select) is not None

    @property
    def one_pass(self) -> OnePass | None:
        """What it is where it only works out one value of each row of its single part; None otherwise."""
        found = _ONE_PASS.fullmatch(self.select)
        if found is None or self.uses != (found["facts"],):
            return None
        return OnePass(facts=found["facts"], expression=found["expression"])


@dataclass(frozen=True, slots=True, kw_only=True)
class OnePass:
    """A value of each row of a query that has one row a request: all such values are taken in one pass over it."""

    facts: str
    expression: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundQuery:
    """A select with its placeholders, and the value of each."""

    sql: str
    parameters: Mapping[str, Scalar]


@cache
def named_queries() -> Mapping[str, NamedQuery]:
    """Return every named query by its file's name.

    Raises:
        AuditError: two files have the same name, or one does not say what it gives.
    """
    queries: dict[str, NamedQuery] = {}
    for path in sorted(path for folder in _FOLDERS for path in folder.glob("*.sql")):
        if path.stem in queries:
            raise AuditError(f"Two SQL files are named {path.stem}; rename {path}.")
        queries[path.stem] = _parse(path.stem, path.read_text(encoding="utf-8"))
    return queries


def compose(name: str, using: Mapping[str, str] | None = None, instead: Instead | None = None) -> str:
    """Put a named query together with all that it uses. `using` renames: part -> the query that plays it.

    `instead` may give another text for a part that is used; what that part uses is then left out.

    Text that begins with `select` is taken as it is: ad hoc SQL over the views. Text that begins like a file, with its
    comment lines and `-- uses:`, is put together like one.

    Raises:
        AuditError: there is no such query, or queries use each other in a circle.
    """
    parts: dict[str, str] = {}
    if name.lstrip().lower().startswith(("select", "with", "--")):
        if _USES not in name:
            return name.strip().rstrip(";")
        main = _parse("an ad hoc query", name)
        _collect_parts(main, using or {}, parts, (), instead)
    else:
        main = _collect(name, using or {}, parts, (), instead)
    if not parts:
        return f"-- {main.description}\n{main.select}"
    expressions = ",\n".join(f"{part} as (\n{text}\n)" for part, text in parts.items())
    return f"-- {main.description}\nwith {expressions}\n{main.select}"


def bind(sql: str, parameters: Mapping[str, Parameter]) -> BoundQuery:
    """Bind the parameters of `sql`: a list becomes one placeholder an element, surplus values are left out.

    Raises:
        ValueError: a parameter of the query has no value.
    """
    bound: dict[str, Scalar] = {}

    def place(match: re.Match[str]) -> str:
        name = match[1]
        value = _value(name, parameters)
        if not _is_list(value):
            bound[name] = value  # type: ignore[assignment]
            return match[0]
        names = [f"{name}_{index}" for index in range(len(value))]  # type: ignore[arg-type]
        bound.update(zip(names, value, strict=True))  # type: ignore[arg-type]
        return ", ".join(f"${name}" for name in names) or "null"

    return BoundQuery(sql=_PARAMETER.sub(place, sql), parameters=bound)


def fill(sql: str, parameters: Mapping[str, Parameter]) -> str:
    """Write each parameter of `sql` as a literal, so that the text runs by hand.

    Raises:
        ValueError: a parameter has no value, or one that has no literal.
    """

    def write(match: re.Match[str]) -> str:
        value = _value(match[1], parameters)
        return (", ".join(literal(v) for v in value) or "null") if _is_list(value) else literal(value)  # type: ignore

    return _PARAMETER.sub(write, sql)


def literal(value: Scalar) -> str:
    """Write one value as a portable SQL literal.

    Raises:
        ValueError: the value is not finite, not printable as a literal, or of another type.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return f"cast({value!r} as double)"
    if isinstance(value, str) and "\x00" not in value:
        return "'" + value.replace("'", "''") + "'"
    raise ValueError(f"No SQL literal for {value!r}")


def _parse(name: str, text: str) -> NamedQuery:
    lines = text.strip().splitlines()
    comments = []
    while lines and lines[0].startswith("--"):
        comments.append(lines.pop(0))
    uses = [line.removeprefix(_USES) for line in comments if line.startswith(_USES)]
    kept = _KEPT in comments
    in_arrays = next((line.removeprefix(_IN_ARRAYS).strip() for line in comments if line.startswith(_IN_ARRAYS)), None)
    said = [line for line in comments if not line.startswith((_USES, _IN_ARRAYS)) and line != _KEPT]
    description = " ".join(line.removeprefix("--").strip() for line in said)
    if not description or not lines:
        raise AuditError(f"The SQL file {name}.sql must begin with a line that says what its rows are.")
    parts = tuple(part.strip() for line in uses for part in line.split(",") if part.strip())
    select = "\n".join(lines).strip()
    return NamedQuery(name=name, description=description, uses=parts, select=select, kept=kept, in_arrays=in_arrays)


def _collect(
    name: str, using: Mapping[str, str], parts: dict[str, str], above: tuple[str, ...], instead: Instead | None
) -> NamedQuery:
    query = named_queries().get(using.get(name, name))
    if query is None:
        raise AuditError(f"There is no query named {using.get(name, name)!r}; there are {', '.join(named_queries())}.")
    if name in above:
        raise AuditError(f"The queries {' -> '.join((*above, name))} use each other in a circle.")
    _collect_parts(query, using, parts, (*above, name), instead)
    return query


def _collect_parts(
    query: NamedQuery, using: Mapping[str, str], parts: dict[str, str], above: tuple[str, ...], instead: Instead | None
) -> None:
    for part in query.uses:
        if part in parts:
            continue
        text = instead(part) if instead is not None else None
        if text is None:
            inner = _collect(part, using, parts, above, instead)
            text = f"-- {inner.description}\n{inner.select}"
        parts[part] = text


def _value(name: str, parameters: Mapping[str, Parameter]) -> Parameter:
    if name not in parameters:
        raise ValueError(f"The query needs a value for ${name}")
    return parameters[name]


def _is_list(value: Parameter) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
