"""What a metric is: a card, and the SQL file of its name. One metric a file; `catalogue` finds them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from audits.evidence import Evidence
from audits.queries import Parameter
from audits.results import Card

UNIT = (0.0, 1.0)

CANDIDATES = "Compare only runs with the same candidate protocol."
STRICT = (
    "Strict ranks: an invented or otherwise lost item keeps its place and counts as a miss. With compacted ranks the "
    "delivered items move up; other tools do that when they drop unknown items. A failed request counts as an empty "
    "list."
)
NO_TARGETS = "A request without held-out items is unscored; it is counted apart, never as 0."
U_STATISTIC = "normal interval, standard error of the U-statistic over users"
DELTA = "normal interval, delta-method standard error over users"
GROUPS: tuple[tuple[str, Parameter], ...] = (("group_kind", "provider"),)
USER_MEAN = "requests that have held-out items: mean over a user's requests, then over users"


Kernel = Callable[[Evidence, dict[str, str], dict[str, Parameter]], pa.Table]
"""Takes evidence, which query plays which part, and parameters; returns the rows of a list metric."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMetric:
    """A value a request: rows run_id, request_id, user_id, metric_value (null: unscored); the number is a user mean.

    With a kernel, the rows are worked out in arrays, where SQL is the wrong tool; its query, if there is one, says what
    they are, and gives the same. Where no query can (what it takes is not in the log), `reads` names the query of what
    the kernel reads of the log: that is shown as its evidence.
    """

    card: Card
    bounds: tuple[float, float] | None = None
    needs: frozenset[str] = frozenset()
    parameters: tuple[tuple[str, Parameter], ...] = ()
    kernel: Kernel | None = None
    reads: str = ""

    @property
    def kernel_name(self) -> str:
        """Where the kernel is found: "audits.kernels.diversity.text_diversity"; empty without one."""
        return f"{self.kernel.__module__}.{self.kernel.__qualname__}" if self.kernel is not None else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioMetric:
    """A part and a whole a request: rows run_id, request_id, user_id, part, whole. The number is sum / sum."""

    card: Card
    bounds: tuple[float, float] | None = UNIT
    needs: frozenset[str] = frozenset({"slots"})
    n_unit: str = "items"  # what the whole counts


@dataclass(frozen=True, slots=True, kw_only=True)
class RunMetric:
    """A value a run: rows run_id, measured, n_units, standard_error (null: none can be given)."""

    card: Card
    bounds: tuple[float, float] | None = None
    needs: frozenset[str] = frozenset()
    n_unit: str = "items"
    parameters: tuple[tuple[str, Parameter], ...] = ()
    interval: str = U_STATISTIC  # how its interval is made from its standard error


Metric = ListMetric | RatioMetric | RunMetric


def parameters_of(metric: Metric) -> dict[str, Parameter]:
    """Return the metric's parameters by name."""
    return {} if isinstance(metric, RatioMetric) else dict(metric.parameters)


def with_parameters(metric: Metric, values: Mapping[str, Parameter]) -> Metric:
    """Return the metric with other values of some of its parameters.

    Raises:
        ValueError: it has no such parameter.
    """
    known = parameters_of(metric)
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise ValueError(f"{metric.card.name} has no parameter {', '.join(unknown)}; it has {', '.join(known)}")
    if isinstance(metric, RatioMetric) or not values:
        return metric
    return dataclasses.replace(metric, parameters=tuple({**known, **values}.items()))


def card_at(card: Card, k: int) -> Card:
    """Return the card with the list length in its label: NDCG@10."""
    return dataclasses.replace(card, label=card.label.replace("@k", f"@{k}"))
