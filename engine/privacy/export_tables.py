"""Which tables of the log are exported, and what of each column is kept. Data and SQL text; no rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

IDENTIFIERS = frozenset({"item_id", "subject_item_id", "head", "tail", "entity_id"})  # of the catalogue and the graph
WITHHELD: Mapping[str, tuple[str, ...]] = {
    "runs": ("plan_digest",),  # of a plan that may name users: can be tried out
    "requests": ("seed", "candidates_json"),  # made of the user id: can be tried out
    "generations": ("gen_ai_request_seed",),
}
WAS_KNOWN = "was_known"  # beside an attribute value: to count those left out; not written
_MOVED = frozenset({"interacted_at", "cutoff_at", "recorded_at"})  # where a row is one user's


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportTable:
    """A view that is exported. `order`: what its rows are ordered by, so that their order tells nothing."""

    name: str
    order: tuple[str, ...]
    of_run: bool = True  # else of a dataset
    coded: frozenset[str] = frozenset()  # text columns that hold what this project wrote, nothing of people

    def sql(self, names: Sequence[str], fingerprint: str, run_ids: str) -> str:
        """Return the select of the rows of a dataset, or of its runs, with pseudonyms in place of ids.

        Args:
            names: the view's columns.
            fingerprint: of the dataset.
            run_ids: SQL literals, separated by commas.
        """
        has_user, has_request = "user_id" in names, "request_id" in names
        mine = f"v.run_id in ({run_ids})" if self.of_run else f"v.dataset_fingerprint = '{fingerprint}'"
        joins = ["join export_users u on u.user_id = v.user_id"] if has_user else []
        if has_request:
            joins.append("join export_requests q on q.run_id = v.run_id and q.request_id = v.request_id")
        if "base_request_id" in names:
            joins.append("left join export_requests b on b.run_id = v.base_run_id and b.request_id = v.base_request_id")
        if self.name == "user_attributes":
            joins.append(
                "left join export_values x on x.attribute = v.attribute and x.attribute_value = v.attribute_value"
            )
        columns = [f"{self._value(name, moves=has_user)} as {name}" for name in names]
        if self.name == "user_attributes":
            columns.append(f"v.attribute_value is not null as {WAS_KNOWN}")
        joined, chosen = " ".join(joins), ", ".join(columns)
        return f"select {chosen} from {self.name} v {joined} where {mine} order by {', '.join(self.order)}"

    def _value(self, name: str, *, moves: bool) -> str:
        replaced = {
            "user_id": "u.pseudonym",
            "request_id": "q.pseudonym",
            "base_request_id": "b.pseudonym",
            "request_index": "q.new_index",
            "user_number": "case when v.user_number is not null then u.new_number end",
            **{withheld: f"case when false then v.{withheld} end" for withheld in WITHHELD.get(self.name, ())},
        }
        if self.name == "user_attributes":
            replaced["attribute_value"] = "case when x.attribute is null then v.attribute_value end"
        if moves:
            replaced |= {moved: f"v.{moved} + to_seconds(u.shift_s)" for moved in _MOVED}
        return replaced.get(name, f"v.{name}")


_ID = frozenset({"dataset_fingerprint", "user_id", "request_id", "base_request_id"})


def _dataset(name: str, *order: str, coded: Sequence[str] = ()) -> ExportTable:
    return ExportTable(name=name, order=order, of_run=False, coded=_ID.union(coded))


def _run(name: str, *order: str, coded: Sequence[str] = ()) -> ExportTable:
    return ExportTable(name=name, order=("run_id", *order), coded=_ID.union(coded))


TABLES = (
    _dataset("datasets", "dataset_fingerprint"),
    _dataset("users", "user_id"),
    _dataset("user_attributes", "user_id", "attribute", coded=("attribute",)),
    _dataset("items", "item_id"),
    _dataset("item_labels", "item_id", "kind", "label_index", coded=("kind",)),
    _dataset("interactions", "user_id", "position"),
    _dataset("entities", "entity_id", coded=("kind",)),
    _dataset("triples", "head", "relation", "tail", coded=("relation",)),
    _run("runs", coded=("recommender", "paradigm", "device", "split_kind", "run_status", "score_kind")),
    _run("requests", "request_index", coded=("request_status",)),
    _run("interventions", "request_id", coded=("lab_test", "lab_level")),
    _run("generations", "request_id", "generation_index", coded=("purpose", "decoding")),
    _run("resources", "record_index", coded=("phase", "energy_source")),
    _run("steps", "request_id", "step_index", coded=("kind",)),
    _run("slots", "request_id", "slot_rank", coded=("outcome", "match_kind")),
    _run("rationales", "request_id", "slot_rank"),
    _run(
        "claims", "request_id", "slot_rank", "claim_index", coded=("origin", "claim_kind", "verdict", "evidence_kind")
    ),
    _run("paths", "request_id", "slot_rank", "path_index", "hop_index", coded=("origin", "relation")),
    _run("attributions", "request_id", "slot_rank", "feature_kind", "feature"),
    _run("personal_data", "request_id", "find_index", coded=("field", "kind", "masked")),
)
