"""Every metric by its name: each module of this package that has a `METRIC`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

import audits.metrics
from audits.errors import AuditError
from audits.metrics.metric import ListMetric, Metric


@cache
def find_metrics() -> Mapping[str, Metric]:
    """Return every metric by its card's name, in alphabetical order."""
    found: dict[str, Metric] = {}
    for info in pkgutil.iter_modules(audits.metrics.__path__):
        module = importlib.import_module(f"{audits.metrics.__name__}.{info.name}")
        metric = getattr(module, "METRIC", None)
        if metric is not None:
            found[metric.card.name] = metric
    return dict(sorted(found.items()))


def find_metric(name: str) -> Metric:
    """Return the metric of that name.

    Raises:
        AuditError: there is none.
    """
    try:
        return find_metrics()[name]
    except KeyError:
        raise AuditError(f"There is no metric named {name!r}; there are {', '.join(find_metrics())}.") from None


def find_list_metric(name: str) -> ListMetric:
    """Return the metric of that name, which must give a value a request.

    Raises:
        AuditError: there is none, or it gives a value a run.
    """
    metric = find_metric(name)
    if not isinstance(metric, ListMetric):
        having = [key for key, other in find_metrics().items() if isinstance(other, ListMetric)]
        raise AuditError(f"{name!r} gives no value a request; metrics that do are {', '.join(having)}.")
    return metric
