"""Whether a user's group can be told from lists: the attack, its verdict, and how both are shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from audits import leakage
from audits.evidence import Evidence
from audits.results import Card, Direction, Finding, Measure, Severity, Table
from audits.scope import RunFacts, label_of
from audits.statistics.corrections import corrected, correction_name
from audits.statistics.resampling import Resampling
from audits.suppression import large_groups
from audits.wording import estimate_text, p_text

_TOLD = (
    "attribute", "groups", "users", "auc", "low", "high", "auc_shuffled", "p_corrected", "auc_of_histories", "verdict",
    "run_id",
)  # fmt: skip
TELLS, TOO_FEW, UNTOLD = "tells the group", "insufficient evidence", "not told"


def leakage_card(attribute: str) -> Card:
    """Return the card of how well an attribute is told from lists."""
    return Card(
        name=f"attribute_leakage:{attribute}",
        label=f"{attribute.replace('_', ' ').capitalize()} told from lists, AUC",
        formula="pairs of users, one in a group and one not, that the classifier ranks rightly / pairs; group mean",
        range="[0, 1]; 0.5 is chance",
        direction=Direction.NEITHER,
        unit="",
        denominator="users with a delivered item and a known group that has enough people",
        missing="Users whose group is unknown or too small are unscored; with fewer than two groups there is no value.",
        source="attribute inference: Weinsberg et al., BlurMe, RecSys 2012; Ojala and Garriga, JMLR 2010 (shuffling)",
        notes="Logistic regression (L2) on items and label shares of a user's lists, cross-validated by user, against "
        "the same with groups shuffled. A lower bound: another classifier may tell more. Lists that follow what "
        "users did tell what that tells: compare the AUC of histories in the table.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How well an attribute is told from the lists of one run; `telling` None with the reason in `why_not`."""

    attribute: str
    groups: tuple[tuple[str, int], ...]
    n_left_out: int = 0
    telling: leakage.Telling | None = None
    history_auc: float | None = None
    n_drawn_from: int = 0  # users that the judged ones were drawn from; 0: all were judged
    why_not: str = ""

    @property
    def n_users(self) -> int:
        """How many users are judged."""
        return sum(n for _, n in self.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakageTest:
    """How it is tested whether lists tell an attribute; the settings are those of the audit privacy."""

    label_kind: str
    k: int | None
    folds: int
    shuffles: int
    max_users: int
    min_people: int
    min_sufficient: int
    auc_medium: float
    margin: float
    alpha: float
    how: Resampling

    def told(self, own: Evidence, attribute: str) -> Told:
        """Return how well the attribute is told from the lists of the evidence's one run."""
        known = [(user, group) for _, user, group in own.rows("leak_groups", attribute=attribute, k=self.k)]
        kept = large_groups(Counter(group for _, group in known), self.min_people)
        large = {user: group for user, group in known if group in kept}
        n_left_out = own.runs[0].n_users - len(large)
        if len(set(large.values())) < 2:
            why = f"Fewer than two groups of at least {self.min_people} users have a list."
            return Told(attribute=attribute, groups=(), n_left_out=n_left_out, why_not=why)
        users = leakage.drawn_users(sorted(large), self.max_users, self.how.seed)
        groups = [large[user] for user in users]
        counts = {group: groups.count(group) for group in sorted(set(groups))}
        if min(counts.values()) < self.folds:
            why = f"A group has fewer than {self.folds} of the {self.max_users:,} users drawn: raise max_users."
            return Told(attribute=attribute, groups=(), n_left_out=n_left_out, why_not=why)
        labels = [(item, label) for item, label in own.rows("leak_labels", label_kind=self.label_kind)]
        lists = [(user, item) for _, user, item in own.rows("leak_items", k=self.k)]
        histories = [(user, item) for _, user, item in own.rows("leak_histories", k=self.k)]
        telling = leakage.tell(
            leakage.features(users, lists, labels), groups, self.how, folds=self.folds, shuffles=self.shuffles
        )
        history_auc = None
        if histories:
            x = leakage.features(users, histories, labels)
            history_auc = leakage.auc_of(x, groups, folds=self.folds, seed=self.how.seed)
        return Told(
            attribute=attribute, groups=tuple(counts.items()), n_left_out=n_left_out, telling=telling,
            history_auc=history_auc, n_drawn_from=len(large) if len(large) > len(users) else 0,
        )  # fmt: skip

    def corrected(self, told: list[Told]) -> dict[str, float]:
        """Return the p-value of each attribute that was tested, corrected over them."""
        tested = [(one.attribute, one.telling.p_value) for one in told if one.telling is not None]
        return dict(zip((name for name, _ in tested), corrected([p for _, p in tested], "holm"), strict=True))

    def measure(self, own: Evidence, told: Told, p_values: dict[str, float]) -> Measure:
        """Return the AUC as a measure, with the verdict in its note."""
        run_id, card, note = own.run_ids[0], leakage_card(told.attribute), told.why_not
        if told.telling is not None:
            note = (
                "Worked out in arrays, not by a query. Groups shuffled: "
                f"{told.telling.chance:.3f} (mean of {told.telling.n_shuffles}), "
                f"{p_text(p_values[told.attribute])} ({correction_name('holm', len(p_values))}); "
                f"{self._verdict(told, p_values)}."
            )
            if told.n_drawn_from:
                note += f" Users drawn from {told.n_drawn_from:,}."
        return Measure(
            card=card,
            run_id=run_id,
            value=None if told.telling is None else told.telling.auc,
            n=told.n_users,
            unscored=told.n_left_out,
            interval=None if told.telling is None else told.telling.interval,
            note=note,
        )

    def _verdict(self, told: Told, p_values: dict[str, float]) -> str:
        """Say what the AUC shows; a small group, or an interval that reaches far above chance, shows nothing."""
        telling = told.telling
        if telling is None:
            return TOO_FEW
        if p_values[told.attribute] <= self.alpha and telling.auc > telling.chance:
            return TELLS
        is_close = telling.interval is not None and telling.interval.high <= 0.5 + self.margin
        return UNTOLD if is_close and min(n for _, n in told.groups) >= self.min_sufficient else TOO_FEW

    def row(self, run: RunFacts, one: Told, telling: leakage.Telling, p_values: dict[str, float]) -> tuple:
        """Return the row of `table` for an attribute that was tested."""
        interval = telling.interval
        return (
            one.attribute, len(one.groups), one.n_users, round(telling.auc, 3),
            None if interval is None else round(interval.low, 3), None if interval is None else round(interval.high, 3),
            round(telling.chance, 3), round(p_values[one.attribute], 4),
            None if one.history_auc is None else round(one.history_auc, 3), self._verdict(one, p_values), run.run_id,
        )  # fmt: skip

    def table(self, evidence: Evidence, rows: list[tuple]) -> list[Table]:
        """Return the table of all rows; none where nothing was tested."""
        if not rows:
            return []
        return [
            Table(
                title="What lists tell about users", columns=_TOLD, rows=tuple(rows),
                sql=evidence.runnable_sql("leak_items", k=self.k),
                note=f"AUC: 0.5 is chance. p by Holm over the attributes of a run. The query gives the lists that the "
                f"classifier saw. Groups of fewer than {self.min_people} users are left out.",
            )
        ]  # fmt: skip

    def findings(self, run: RunFacts, told: list[Told], p_values: dict[str, float]) -> list[Finding]:
        """Return a finding for each attribute that the lists tell."""
        found = []
        for one in told:
            if one.telling is None or self._verdict(one, p_values) != TELLS:
                continue
            card = leakage_card(one.attribute)
            compared = "" if one.history_auc is None else f" From users' histories it is {one.history_auc:.3f}."
            name = one.attribute.replace("_", " ")
            found.append(
                Finding(
                    severity=Severity.MEDIUM if one.telling.auc >= self.auc_medium else Severity.LOW,
                    title=f"The lists of {label_of(run)} tell {name}: AUC "
                    f"{estimate_text(card, one.telling.auc, one.telling.interval)}",
                    detail=f"{one.n_users:,} users, {p_text(p_values[one.attribute])}, shuffled groups give "
                    f"{one.telling.chance:.3f}.{compared} Whoever sees a list learns that much about its user.",
                    run_id=run.run_id, measure=card.name,
                )
            )  # fmt: skip
        return found
