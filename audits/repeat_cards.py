"""The cards of repeats: variance apart, and agreement of lists."""

from __future__ import annotations

import dataclasses

from audits.results import Card, Direction

_ANOVA = "Searle, Casella and McCulloch, Variance Components, 1992, section 3.6 (one-way random effects, unbalanced)"
_USERS = "users with at least two scored answers to the same request"


def component_card(metric: Card, component: str) -> Card:
    """Return the card of one of the variance components: between, within or share."""
    unit = f"squared {metric.unit}".replace("squared share", "squared shares") if metric.unit else ""
    between = Card(
        name=f"between_user_variance:{metric.name}",
        label=f"Variance between users, {metric.label}",
        formula="max(0, (mean square between users - mean square within) / answers a user)",
        range="[0, unbounded)",
        direction=Direction.NEITHER,
        unit=unit,
        denominator=_USERS,
        missing="No value below two users with repeats.",
        source=_ANOVA,
        notes="Asking again does not make it smaller; more users do.",
    )
    match component:
        case "between":
            return between
        case "within":
            return dataclasses.replace(
                between,
                name=f"within_prompt_variance:{metric.name}",
                label=f"Variance within a prompt, {metric.label}",
                formula="sum over users of squared distances of answers to the user's mean / (answers - users)",
                direction=Direction.LOWER,
                notes="The model's own chance: 0 for a deterministic one, and then measured, not assumed. More repeats "
                "make its part in a mean smaller.",
            )
        case _:
            return dataclasses.replace(
                between,
                name=f"sampling_share:{metric.name}",
                label=f"Share of the model's chance, {metric.label}",
                formula="variance within a prompt / (within + between users); 1 - the intraclass correlation",
                range="[0, 1]",
                direction=Direction.LOWER,
                unit="share",
                missing="No value where all answers score the same.",
                notes="What part of one answer's variance asking again would change.",
            )


AGREEMENT = {
    "jaccard": Card(
        name="repeat_jaccard",
        label="Jaccard@k between repeats",
        formula="items that both answers name / items that either names; mean over pairs of a user's answers",
        range="[0, 1]",
        direction=Direction.NEITHER,
        unit="",
        denominator="users with two answers or more to the same request: mean over pairs, then over users",
        missing="A user with one answer, or none that names anything, is unscored.",
        source="Jaccard 1901",
        notes="Lists are compared by what they name: an item of the catalogue, or an invented one by its text.",
    )
}
AGREEMENT["rbo"] = dataclasses.replace(
    AGREEMENT["jaccard"],
    name="repeat_rbo",
    label="Rank-biased overlap@k between repeats",
    formula="sum over depths d of agreement(d) (1 - p) p^(d - 1), the last agreement carried on; p = 0.9 unless set",
    source="Webber, Moffat and Zobel, TOIS 2010, extrapolated",
)
AGREEMENT["same_top"] = dataclasses.replace(
    AGREEMENT["jaccard"],
    name="repeat_same_top",
    label="Same first item between repeats",
    formula="pairs of a user's answers with the same first item / pairs",
    unit="share",
    source="this project",
)
