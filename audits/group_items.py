"""What groups of users are shown: exposure of groups of items between them, and against what they had."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from audits.evidence import Evidence
from audits.fairness_cards import exposure_share_card, parity_card, said
from audits.group_cells import Cells, attribute_parameters, read_cells, shown_columns, shown_part
from audits.grouping import Gates, break_down, gated, hidden_names
from audits.measuring import Lists, Reading
from audits.metrics.metric import UNIT, ListMetric, card_at
from audits.queries import Parameter
from audits.results import Breakdown, Measure, Section, Table
from audits.scope import UNKNOWN

By = tuple[tuple[str, ...], ...]

_PARTS = {"user_parts": "ratio_parts", "ratio_rows": "exposure_parts"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemShares:
    """Groups of items by `kind` (category, creator, provider, domain or popularity), shown to groups of users."""

    evidence: Evidence
    kind: str
    lists: Lists
    gates: Gates
    n_rows: int = 8  # of bias disparity, a run and attribute

    def sections(self, by: By) -> list[Section]:
        """Return, run by run, the parity of exposure by each of `by` and the shares furthest from the users' own.

        Nothing of a run whose items have fewer than two groups of this kind.
        """
        names = self.evidence.rows("item_group_names", using=self._reading().using, **self._parameters())
        found: list[Section] = []
        asked: dict[tuple[str, ...], dict[str, dict[str, Parameter]]] = {}
        for run_id in self.evidence.run_ids:
            kinds = [str(name) for run, name in names if run == run_id]
            if len([name for name in kinds if name != UNKNOWN]) > 1:
                found += self._of_run(run_id, by, len(kinds), asked)
        used = tuple(dict.fromkeys(name for group in by for name in group))
        return [*found, *(table for attributes, own in asked.items() for table in self._table(attributes, used, own))]

    def _of_run(
        self, run_id: str, by: By, n_kinds: int, tables: dict[tuple[str, ...], dict[str, dict[str, Parameter]]]
    ) -> list[Section]:
        """Return a run's parity of exposure; add what its bias disparity is asked with to `tables`."""
        used = tuple(dict.fromkeys(name for group in by for name in group))
        one = dataclasses.replace(self, evidence=self.evidence.of(run_id))
        cells = read_cells(one._reading(), used, 0, _PARTS, **one._parameters(), item_group="")[run_id]
        found: list[Section] = []
        known: dict[str, Cells] = {}  # several attributes may have the same widest group of items
        for part, mask in gated(cells, by, self.gates.min_people):
            asked = {**one._parameters(), **attribute_parameters(part.attributes)}
            asked["hidden_groups"] = hidden_names(part.labels, mask.tolist())
            spreads = one._rows("exposure_spreads", {**asked, **attribute_parameters(part.attributes, used)})
            if spreads:
                widest = str(spreads[0][1])
                if widest not in known:
                    known[widest] = one._cells(run_id, used, widest)
                found += one._parity(run_id, by, part.attributes, widest, known[widest], n_kinds, asked)
            tables.setdefault(part.attributes, {})[run_id] = asked
        return found

    def _parity(
        self,
        run_id: str,
        by: By,
        attributes: tuple[str, ...],
        widest: str,
        cells: Cells,
        n_kinds: int,
        asked: dict[str, Parameter],
    ) -> list[Section]:
        """Return the group of items whose share of exposure differs most, as a breakdown, and by how much."""
        asked = {**asked, "item_group": widest}
        (breakdown,) = break_down(dataclasses.replace(cells, n_picked=n_kinds), by, self.gates, only=attributes)
        if breakdown.gap is None:
            return []
        breakdown = dataclasses.replace(breakdown, sql=self._sql("group_means", asked), note=_picked(widest, breakdown))
        k = self.lists.k or self.evidence.run(run_id).k
        measure = Measure(
            card=card_at(parity_card(self.kind, "+".join(attributes)), k),
            run_id=run_id,
            value=breakdown.gap,
            n=sum(group.n or 0 for group in breakdown.groups if group.sufficient and UNKNOWN not in group.labels),
            interval=breakdown.gap_interval,
            sql=self._sql("exposure_parity", asked),
            note=f"Widest for {widest}.",
        )
        return [measure, breakdown]

    def _cells(self, run_id: str, used: tuple[str, ...], widest: str) -> Cells:
        return read_cells(
            self._reading(widest), used, self.gates.max_users, _PARTS, **self._parameters(), item_group=widest
        )[run_id]

    def _table(
        self, attributes: tuple[str, ...], used: tuple[str, ...], asked: dict[str, dict[str, Parameter]]
    ) -> list[Table]:
        columns = ("group_name", "n_users", "had_share", "listed_share", "exposure_share", "bias_disparity")
        own = {run_id: dataclasses.replace(self, evidence=self.evidence.of(run_id)) for run_id in sorted(asked)}
        sql = shown_columns(
            [one._sql("bias_disparity", asked[run_id]) for run_id, one in own.items()], len(attributes), columns
        )
        part = shown_part("bias_disparity", len(attributes), columns)
        among = attribute_parameters(attributes, used)
        rows = tuple(row for run_id, one in own.items() for row in one._rows(part, {**asked[run_id], **among}))
        if not rows:
            return []
        return [
            Table(
                title=f"Bias disparity of {self.kind} by {said('+'.join(attributes))}",
                columns=("run_id", *attributes, self.kind, "users", "history", "lists", "exposure", "disparity"),
                rows=rows,
                sql=sql,
                note=f"Of each run the {self.n_rows} pairs whose shares of lists and of history are furthest apart; "
                "bias disparity is share of lists / share of history - 1 (Tsintzou et al. 2019, Elliot). An item of "
                "several groups counts in equal parts.",
            )
        ]  # fmt: skip

    def _reading(self, item_group: str = "") -> Reading:
        card = exposure_share_card(item_group, self.kind)
        return Reading(evidence=self.evidence, metric=ListMetric(card=card, bounds=UNIT), lists=self.lists)

    def _parameters(self) -> dict[str, Parameter]:
        return {
            "k": self.lists.k,
            "group_kind": self.kind,
            "min_people": self.gates.min_people,
            "min_sufficient": self.gates.min_sufficient,
            "n_rows": self.n_rows,
        }

    def _rows(self, query: str, asked: dict[str, Parameter]) -> tuple[tuple, ...]:
        return self.evidence.rows(query, using={**self._reading().using, **_PARTS}, **asked)

    def _sql(self, query: str, asked: dict[str, Parameter]) -> str:
        return self.evidence.runnable_sql(query, using={**self._reading().using, **_PARTS}, **asked)


def _picked(item_group: str, breakdown: Breakdown) -> str:
    return f"{item_group}: of all groups of items the one whose share of exposure differs most. {breakdown.note}"
