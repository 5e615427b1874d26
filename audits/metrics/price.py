"""Price of the model calls per 1,000 delivered items, by a price list that the user gives."""

from __future__ import annotations

from audits.metrics.metric import RunMetric
from audits.results import Card, Direction

METRIC = RunMetric(
    card=Card(
        name="price",
        label="Price per 1,000 delivered items",
        formula=(
            "1,000 * sum over calls of (tokens in * input price + tokens out * output price) / 1,000,000 / delivered "
            "items"
        ),
        range="[0, inf)",
        direction=Direction.LOWER,
        unit="",
        denominator="delivered items",
        missing="Unscored without a price list, where a model is not in it, or where a backend gives no token counts.",
        source="the price list that was given",
        notes=(
            "Prices are per 1,000,000 tokens. Failed calls count with the tokens that they are known to have used. The "
            "currency is the price list's. No price of own hardware or electricity."
        ),
    ),
    bounds=(0.0, float("inf")),
    needs=frozenset({"slots", "generations"}),
    n_unit="items",
    parameters=tuple(
        (f"{name}_{place}", None) for place in range(1, 4) for name in ("model", "input_price", "output_price")
    ),
)
