"""Read who the people of a dataset are from the log. Not here: looking for them in texts (people)."""

from __future__ import annotations

import duckdb

from engine.privacy.people import People, people_of
from engine.privacy.queries import privacy_query


def read_people(connection: duckdb.DuckDBPyConnection, fingerprint: str) -> People:
    """Return the people of a dataset and of the runs on it."""
    users, attributes, printed = (
        connection.execute(privacy_query(name), {"dataset_fingerprint": fingerprint}).fetchall()
        for name in ("known_ids", "known_attributes", "catalogue_texts")
    )
    return people_of((row[0] for row in users), attributes, (row[0] for row in printed))
