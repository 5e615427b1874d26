"""The cards of fairness to users: gap, worst group, impact ratio, exposure parity, bias disparity."""

from __future__ import annotations

import dataclasses

from audits.results import Card, Direction

JUDGED = "groups of enough people whose attribute is known; suppressed ones are left out"


def gap_card(card: Card, by: str) -> Card:
    """Return the card of the utility gap by an attribute or an intersection."""
    return Card(
        name=f"utility_gap:{by}",
        label=f"Utility gap, {card.label} by {said(by)}",
        formula="highest - lowest value of the judged groups (fairlearn MetricFrame.difference, between groups)",
        range="[0, width of the metric's range]",
        direction=Direction.LOWER,
        unit=card.unit,
        denominator=JUDGED,
        missing="No value below two judged groups: insufficient evidence, never fair.",
        source="Ekstrand et al., FAccT 2018; fairlearn; Romano and Wolf, JASA 2005 (its interval)",
        notes="Above 0 by chance alone: read it with its interval, which allows for having picked the two groups.",
    )


def worst_group_card(card: Card, by: str) -> Card:
    """Return the card of the worst-off group's utility."""
    return dataclasses.replace(
        gap_card(card, by),
        name=f"worst_group:{by}",
        label=f"Worst group, {card.label} by {said(by)}",
        formula="the value of the judged group that is served worst (fairlearn MetricFrame.group_min, or group_max "
        "where lower is better)",
        range=card.range,
        direction=card.direction,
        source="fairlearn; Rawlsian max-min fairness",
        notes="The smallest of several means is low by chance alone: the interval is that of the group by itself.",
    )


def impact_ratio_card(card: Card, by: str) -> Card:
    """Return the card of the impact ratio."""
    return dataclasses.replace(
        gap_card(card, by),
        name=f"impact_ratio:{by}",
        label=f"Impact ratio, {card.label} by {said(by)}",
        formula="lowest value of the judged groups / highest (fairlearn MetricFrame.ratio)",
        range="[0, 1]",
        direction=Direction.HIGHER,
        unit="",
        source="after 6 RCNY 5-300, where it is of selection or scoring rates; fairlearn",
        notes="A line at 0.8 is drawn only under a legal profile that has one: fairness.profile.",
    )


def exposure_share_card(item_group: str, kind: str) -> Card:
    """Return the card of one group of items' share of exposure."""
    return Card(
        name=f"exposure_share:{item_group}",
        label=f"Exposure share@k of {item_group}",
        formula=f"exposure of items of {kind} {item_group} in the users' lists / exposure of all items; exposure is "
        "1 / log2(1 + rank)",
        range="[0, 1]",
        direction=Direction.NEITHER,
        unit="share",
        denominator="exposure in the lists of a group's users; an item of several groups counts in equal parts",
        missing="A user who was shown nothing is unscored.",
        source="Singh and Joachims, KDD 2018, demographic parity of exposure, between groups of users",
        notes="Users whose tastes differ should be shown different things: read it beside the bias disparity.",
    )


def parity_card(kind: str, by: str) -> Card:
    """Return the card of the demographic parity of exposure between groups of users."""
    return dataclasses.replace(
        exposure_share_card("a group of items", kind),
        name=f"exposure_parity:{by}",
        label=f"Exposure parity difference@k, {kind} by {said(by)}",
        formula=f"largest difference, over groups of items by {kind}, of their share of exposure between the judged "
        "groups of users",
        direction=Direction.LOWER,
        denominator=JUDGED,
        missing="No value below two judged groups.",
    )


BIAS_DISPARITY = Card(
    name="bias_disparity",
    label="Bias disparity",
    formula="(share of a group's lists that is of a group of items / share of its history) - 1",
    range="[-1, unbounded): 0 the lists repeat the history's share",
    direction=Direction.NEITHER,
    unit="",
    denominator="deliveries and history items of a group's users",
    missing="No value where the users had nothing of these items.",
    source="Tsintzou, Pitoura and Tsaparas, RMSE 2019; Elliot, BiasDisparityBD",
    notes="An item of several categories counts in equal parts; Elliot gives each item one cluster. The catalogue's "
    "share of Elliot's BR and BS cancels.",
)


def said(by: str) -> str:
    """Write an attribute or an intersection for people."""
    return by.replace("+", " and ").replace("_", " ")
