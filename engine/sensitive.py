"""Variants that state personal attributes: each value, beside the neutral request. Not here: wording."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from engine.errors import PlanError
from engine.plan import NEUTRAL, PlannedVariant
from engine.privacy.people import is_naming
from engine.prompts.statements import Statements, shipped_statements

MAX_VALUES = 20  # of one attribute: each costs a request a user
NEUTRAL_REPEATS = 3  # enough to tell a statement's effect from the model's own chance


def sensitive_variants(
    users: pd.DataFrame,
    attributes: Sequence[str],
    *,
    swap: bool = False,
    statements: Statements | None = None,
) -> tuple[PlannedVariant, ...]:
    """Return the neutral variant, repeated as the plan says, and one variant a value, made once.

    The neutral request withholds the attribute. Every user is told of every value, their own one too; with `swap` only
    of those that are not their own (users whose value is not known are told of none). Which value is a user's own, the
    log knows: a variant is named attribute=value.

    Args:
        users: `Dataset.users`.
        attributes: columns of it.
        swap: state other values than the user's own only.
        statements: the wording; None: the shipped one.

    Raises:
        PlanError: no attribute is named, users have no such attribute, it holds their names, or it has too many values
            to be asked one by one.
    """
    if not attributes:
        raise PlanError("No attribute is named to be stated: name some that users have, for example gender,age_band.")
    known = [str(column) for column in users.columns if column != "user_id"]
    wording = statements or shipped_statements()
    variants = [PlannedVariant(name=NEUTRAL)]
    for attribute in dict.fromkeys(attributes):
        if attribute not in known:
            raise PlanError(
                f"Users of this dataset have no attribute {attribute!r}; they have {', '.join(known) or 'none'}."
            )
        if is_naming(attribute):
            raise PlanError(f"The attribute {attribute!r} holds names: no model is told that a user is somebody else.")
        values = sorted({str(value).strip() for value in users[attribute].dropna()} - {""})
        if not 1 <= len(values) <= MAX_VALUES:
            raise PlanError(
                f"The attribute {attribute!r} has {len(values):,} values; between 1 and {MAX_VALUES} can be stated one "
                "by one. Import it in bands."
            )
        variants += [
            PlannedVariant(
                name=f"{attribute}={value}",
                statement=wording.sentence(attribute, value),
                attribute=attribute,
                value=value,
                audience="others" if swap else "everyone",
                repeats=1,
            )
            for value in values
        ]
    return tuple(variants)
