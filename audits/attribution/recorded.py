"""What the log holds of the request that is to be explained: whose it is, its slots, its reasons, its titles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from audits.attribution.explaining import Asked
from audits.errors import AuditError
from audits.queries import Parameter, bind, compose
from engine.runlog.index import RunLog


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedSlot:
    """One slot of the list. `item_id` None: it names nothing in the catalogue."""

    rank: int
    outcome: str
    raw_text: str | None
    item_id: str | None
    score: float | None
    rationale: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One request of the log with its list."""

    run_id: str
    label: str
    recommender: str
    journal_head: str
    request_id: str
    request_index: int
    user_id: str
    slots: tuple[RecordedSlot, ...]
    titles: Mapping[str, str]

    def asked(self, *, rank: int | None = None, item_id: str | None = None) -> Asked:
        """Return the recommendation at a rank (None: the first that is in the catalogue) or of an item.

        Raises:
            AuditError: there is no such rank or item, or the slot names nothing in the catalogue.
        """
        if item_id is not None:
            return self._item(item_id)
        if rank is None:
            slot = next((slot for slot in self.slots if slot.item_id is not None), None)
            if slot is None:
                raise AuditError(f"No slot of request {self.request_id} names an item of the catalogue to explain.")
        else:
            slot = next((slot for slot in self.slots if slot.rank == rank), None)
            if slot is None:
                raise AuditError(
                    f"Request {self.request_id} has no rank {rank}; its list has {len(self.slots)} places."
                )
        if slot.item_id is None:
            raise AuditError(
                f"Rank {slot.rank} of request {self.request_id} is {slot.outcome.replace('_', ' ')}"
                + (f" ({slot.raw_text!r})" if slot.raw_text else "")
                + ": it names no item of the catalogue that could be scored. Choose another rank, or name an --item."
            )
        return Asked(item_id=slot.item_id, rank=slot.rank, rationale=slot.rationale)

    def recorded_score(self, asked: Asked) -> float | None:
        """Return the score that the list recorded at a rank, None where there is none."""
        return next((slot.score for slot in self.slots if slot.rank == asked.rank), None)

    def _item(self, item_id: str) -> Asked:
        if item_id not in self.titles:
            raise AuditError(f"There is no item {item_id!r} in the catalogue; name an item id, not a title.")
        slot = next((slot for slot in self.slots if slot.item_id == item_id), None)
        if slot is None:
            return Asked(item_id=item_id, rank=None)
        return Asked(item_id=item_id, rank=slot.rank, rationale=slot.rationale)


def read_recorded(log: RunLog, run_id: str, user_or_request: str) -> Recorded:
    """Read a request of a run by its id, or a user's first neutral one.

    Raises:
        AuditError: the run has no such user or request, or the request failed.
    """
    with log.connect() as connection:

        def rows(name: str, **values: Parameter) -> list[tuple]:
            query = bind(compose(name), values)
            return connection.execute(query.sql, dict(query.parameters)).fetchall()

        found = rows("request_to_explain", run_id=run_id, wanted=user_or_request)
        if not found:
            raise AuditError(
                f"Run {run_id} has no request of a user {user_or_request!r}, and none with that id: "
                f"`recaudit sql \"select distinct user_id from requests where run_id = '{run_id}'\"` lists its users."
            )
        request_id, request_index, user_id, error, label, recommender, head, fingerprint = found[0]
        if error is not None:
            raise AuditError(f"Request {request_id} failed, so that there is nothing to explain: {error}")
        slots = rows("slots_to_explain", run_id=run_id, request_id=request_id)
        titles = dict(rows("titles_of_catalogue", dataset_fingerprint=fingerprint))
    return Recorded(
        run_id=run_id, label=label, recommender=recommender, journal_head=head, request_id=request_id,
        request_index=request_index, user_id=user_id, titles=titles,
        slots=tuple(
            RecordedSlot(rank=s[0], outcome=s[1], raw_text=s[2], item_id=s[3], score=s[4], rationale=s[5])
            for s in slots
        ),
    )  # fmt: skip
