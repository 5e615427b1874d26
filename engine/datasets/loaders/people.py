"""Ages and genders of MovieLens users as group labels. A raw age or postal code is no group, and is not kept."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from engine.datasets import columns
from engine.datasets.arrow import TEXT
from engine.datasets.arrow_compute import compute as pc
from engine.datasets.files.raw import RawTable, RowCheck
from engine.datasets.problems import Problems

# The bands of MovieLens 1M, which codes each by its lowest age: so that 100K and 1M have the same groups.
AGE_BANDS: Mapping[int, str] = {
    0: "under 18",
    18: "18-24",
    25: "25-34",
    35: "35-44",
    45: "45-49",
    50: "50-55",
    56: "56+",
}
GENDERS: Mapping[str, str] = {"F": "woman", "M": "man"}


def with_age_band(users: RawTable, problems: Problems) -> RawTable:
    """Replace the column `age`, in years, by `age_band`; an age that is no number from 0 to 120 makes a bad row."""
    check = RowCheck(users, problems)
    ages = columns.numbers(check.column("age"), 0, 120)
    check.refuse(ages.wrong, "age", "an age in years from 0 to 120")
    lowest = np.array(list(AGE_BANDS))
    labels = pa.array(list(AGE_BANDS.values()), TEXT)
    band = np.searchsorted(lowest, np.nan_to_num(ages.values), side="right") - 1
    bands = pc.if_else(pa.array(np.isnan(ages.values)), pa.scalar(None, TEXT), labels.take(pa.array(band)))
    position = users.rows.column_names.index("age")
    check.raw = RawTable(
        users.table,
        users.file,
        users.rows.set_column(position, "age_band", bands),
        users.lines,
        users.n_refused,
    )
    return check.kept()


def with_gender(users: RawTable) -> RawTable:
    """Spell out M and F; any other label stays as it is."""
    given = users.rows["gender"].combine_chunks()
    index = pc.index_in(given, pa.array(list(GENDERS), TEXT))
    spelt = pc.coalesce(pa.array(list(GENDERS.values()), TEXT).take(index), given)
    position = users.rows.column_names.index("gender")
    return RawTable(
        users.table, users.file, users.rows.set_column(position, "gender", spelt), users.lines, users.n_refused
    )
