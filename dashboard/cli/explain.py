"""`recaudit explain`: what one recommendation's score rests on. Not here: how that is found (audits.attribution)."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from audits.attribution.explaining import Explained
    from audits.attribution.recorded import Recorded


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain")(explain)


def explain(
    run: Annotated[str, typer.Argument(help="Run id, its beginning, or a label.")],
    user: Annotated[str, typer.Argument(help="User id, for the first neutral request, or a request id.")],
    rank: Annotated[int | None, typer.Option(help="Rank. None: the first that is in the catalogue.")] = None,
    item: Annotated[str | None, typer.Option(help="Item id instead of a rank, in the list or not.")] = None,
    segments: Annotated[bool, typer.Option("--segments", help="Lines of the prompt instead of history items.")] = False,
    evaluations: Annotated[
        int | None, typer.Option(help="Most scores to ask for; None: 2,048, or 256 where a model writes text for each.")
    ] = None,
    last: Annotated[int | None, typer.Option(help="Only the most recent items; the others always stay in.")] = None,
    seed: Annotated[int, typer.Option(help="Decides which orders are sampled.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON for a program to read.")] = False,
) -> None:
    """Explain a recommendation's score: Shapley values of history items or prompt lines, exact or with their error.

    The recommender is asked for the item's score again and again, each time without some of the history (or prompt).
    What is found is kept in the view attributions, for `recaudit audit --audit attributions` and the dashboard.
    """
    from rich.console import Console

    from audits.attribution.explaining import Budget, Explainer
    from audits.attribution.keeping import keep
    from audits.attribution.recorded import read_recorded
    from audits.errors import AuditError
    from dashboard.cli.progress import StageProgress
    from engine.home import Home
    from engine.runlog.index import RunLog

    if rank is not None and item is not None:
        raise AuditError("Name a rank or an item, not both.")
    home = Home.default()
    log = RunLog(home)
    found = read_recorded(log, log.run(run).run_id, user)
    asked = found.asked(rank=rank, item_id=item)
    budget = Budget(evaluations=evaluations, last=last, seed=seed)
    with StageProgress(Console(stderr=True), "explain") as stages:
        explainer = Explainer.open(home, found.run_id, found.recommender, budget, stages.show)
        request = explainer.request(found.request_index, found.request_id)
        if segments:
            explained = explainer.segments(request, asked, stages.show)
        else:
            explained = explainer.history(request, [asked], stages.show)[0]
    is_kept = asked.rank is not None and keep(home, found.run_id, [explained], found.journal_head) > 0
    if as_json:
        sys.stdout.write(json.dumps(_data(explained, found), ensure_ascii=False, indent=2) + "\n")
        return
    _print(Console(), explained, found, is_kept=is_kept)


def _data(explained: Explained, found: Recorded) -> dict[str, object]:
    shapley = explained.found
    errors = shapley.standard_errors or (None,) * len(explained.features)
    named = explained.named or (None,) * len(explained.features)
    return {
        "run_id": found.run_id, "request_id": explained.request_id, "user_id": found.user_id,
        "rank": explained.asked.rank, "item_id": explained.asked.item_id,
        "title": found.titles.get(explained.asked.item_id), "feature_kind": explained.kind, "base_value": shapley.base,
        "score": shapley.score, "additivity_gap": shapley.additivity_gap, "n_evaluations": shapley.n_evaluations,
        "method": shapley.method, "n_always_in": explained.n_always_in,
        "contributions": [
            {"feature": feature, "title": found.titles.get(feature), "contribution": contribution,
             "standard_error": error, "is_named": is_named}
            for feature, contribution, error, is_named in zip(
                explained.features, shapley.contributions, errors, named, strict=True
            )
        ],
    }  # fmt: skip


def _print(console: Console, explained: Explained, found: Recorded, *, is_kept: bool) -> None:
    from rich.text import Text

    from dashboard.render import attribution_text
    from dashboard.render.text import visible

    title = found.titles.get(explained.asked.item_id) or explained.asked.item_id
    where = f"rank {explained.asked.rank}" if explained.asked.rank is not None else "not in the list"
    head = f"{found.label}, user {found.user_id}, request {explained.request_id}, {where}: {title}"
    console.print(Text(visible(head), style="bold"))
    for line in attribution_text.lines(explained, found.recorded_score(explained.asked)):
        console.print(Text(line))
    console.print(attribution_text.grid(explained, found.titles))
    if is_kept:
        console.print(
            Text("Kept in the view attributions. Judge all: `recaudit audit --audit attributions`", style="dim")
        )
