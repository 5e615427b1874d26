"""Look for knowledge paths from what a user had to what was delivered. Not here: what a recommender gave as a path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa

from audits.derivations import Job
from audits.errors import AuditError
from engine.knowledge.graph import KnowledgeGraph
from engine.knowledge.paths import PathFinder, PathLimits
from engine.records import KnowledgePath
from engine.runlog.derived import SCHEMAS

_TABLE = "found_paths"
_SLOTS_BETWEEN_TELLS = 500
_GRAPHS_KEPT = 2
_NUMBERS = {"max_hops": int, "n_paths": int, "hub_share": float, "max_hubs": int}
_kept: dict[str, KnowledgeGraph] = {}  # dataset fingerprint -> its graph, the one used last at the end


def derive_found_paths(job: Job) -> pa.Table:
    """Return the rows of `found_paths` for one run: up to `n_paths` paths of each delivered slot.

    Options: max_hops, n_paths, hub_share, max_hubs, as `PathLimits` has them. A dataset without a graph gives no rows.

    Raises:
        AuditError: an option is unknown, or its value does not fit.
    """
    limits = limits_of(job.options)
    facts = job.rows("run_dataset")
    schema = SCHEMAS[_TABLE]
    if not facts or not facts[0][1]:
        return schema.empty_table()
    job.progress("reading the graph", 0.0)
    finder = PathFinder(_graph(job, facts[0][0]), limits)
    histories = _histories(job)
    slots = job.rows("delivered_slots")
    known: dict[tuple[str, int, str], list[KnowledgePath]] = {}
    rows: list[tuple[object, ...]] = []
    for place, (request_id, slot_rank, user_id, n_history, item_id) in enumerate(slots):
        if place % _SLOTS_BETWEEN_TELLS == 0:
            job.progress("looking for paths", place / len(slots))
        key = (user_id, n_history, item_id)
        if key not in known:  # the same for every variant and repeat of a request
            known[key] = finder.shortest(histories.get(user_id, [])[:n_history], item_id)
        rows += [(request_id, slot_rank, *hop) for hop in path_rows(known[key])]
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)


def limits_of(options: Mapping[str, str]) -> PathLimits:
    """Return the limits that options ask for; what is not named keeps its default.

    Raises:
        AuditError: an option is unknown, or its value does not fit.
    """
    unknown = set(options) - set(_NUMBERS)
    if unknown:
        raise AuditError(f"Paths have no option {', '.join(sorted(unknown))}; there are {', '.join(_NUMBERS)}.")
    try:
        return PathLimits(**{name: _NUMBERS[name](value) for name, value in options.items() if value})
    except ValueError as error:
        raise AuditError(f"The limits of paths do not fit: {error}.") from None


def path_rows(paths: list[KnowledgePath]) -> Iterator[tuple[int, int, str, str, str]]:
    """Yield path index, hop index, head, relation and tail of each hop."""
    for path_index, path in enumerate(paths):
        hops = zip(path.entities, path.relations, path.entities[1:], strict=False)
        for hop_index, hop in enumerate(hops):
            yield path_index, hop_index, *hop


def _histories(job: Job) -> dict[str, list[str]]:
    histories: dict[str, list[str]] = {}
    for user_id, item_id in job.rows("run_histories"):
        histories.setdefault(user_id, []).append(item_id)
    return histories


def _graph(job: Job, fingerprint: str) -> KnowledgeGraph:
    """Return the graph of a dataset; the last two are kept, since runs of one dataset are mostly looked at together."""
    graph = _kept.pop(fingerprint, None)
    if graph is None:
        parts = (job.table(name, dataset_fingerprint=fingerprint) for name in ("graph_triples", "graph_entities"))
        graph = KnowledgeGraph.build(*(part.to_pandas() for part in parts))
    _kept[fingerprint] = graph
    while len(_kept) > _GRAPHS_KEPT:
        _kept.pop(next(iter(_kept)))
    return graph
