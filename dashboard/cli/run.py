"""`recaudit run`: plan a run and carry it out, or resume one. Not here: what a run is (engine.plan, engine.runner)."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from dashboard.render.text import count
from engine.errors import PlanError
from engine.home import Home

if TYPE_CHECKING:
    from engine.plan import RunPlan
    from engine.runner import RunOutcome

STOPPED = 130  # exit status of a run that was stopped and can be resumed


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run")(run)


def run(
    recommender: Annotated[
        str | None, typer.Argument(help="Which recommender; `recaudit run --list` shows all.")
    ] = None,
    dataset: Annotated[str, typer.Option(help="Name of an imported dataset.")] = "sample-world",
    model: Annotated[str | None, typer.Option(help="embedded, minilm, hf:…, ollama:…, openai:…@URL.")] = None,
    config: Annotated[list[str] | None, typer.Option("--config", "-c", help="Option as name=value; repeat.")] = None,
    users: Annotated[str, typer.Option(help='How many users, "all", or ids separated by commas.')] = "all",
    k: Annotated[int, typer.Option("--k", help="Length of each list.")] = 10,
    split: Annotated[str | None, typer.Option(help="leave-last-out:N, cutoff:DATE, cutoff:90% or given.")] = None,
    candidates: Annotated[str, typer.Option(help="full, or sampled:N negatives.")] = "full",
    repeats: Annotated[
        int | None, typer.Option(help="Times that each request is made. None: once; 3 times with --sensitive.")
    ] = None,
    variant: Annotated[list[str] | None, typer.Option(help="name=statement, put before each request; repeat.")] = None,
    sensitive: Annotated[
        str | None,
        typer.Option(
            help="User attributes, a,b: besides neutral requests, repeated, ask once with each of their values stated."
        ),
    ] = None,
    swap: Annotated[
        bool, typer.Option("--swap", help="With --sensitive: state only values that are not the user's own.")
    ] = False,
    wording: Annotated[
        Path | None, typer.Option(help="TOML file of sentences that --sensitive states; None: those that ship.")
    ] = None,
    domain: Annotated[list[str] | None, typer.Option(help="Only items of this kind are eligible; repeat.")] = None,
    max_price: Annotated[float | None, typer.Option(help="Only items up to this price are eligible.")] = None,
    in_stock: Annotated[bool, typer.Option("--in-stock", help="Only items in stock are eligible.")] = False,
    max_age_rating: Annotated[int | None, typer.Option(help="Only items for this age are eligible.")] = None,
    allow_repeats: Annotated[bool, typer.Option("--allow-repeats", help="Items of the history are eligible.")] = False,
    seed: Annotated[int, typer.Option(help="Decides everything that is drawn.")] = 0,
    device: Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")] = "auto",
    batch_size: Annotated[int, typer.Option(help="Requests between two writes to the journal.")] = 32,
    label: Annotated[str, typer.Option(help="A name for people.")] = "",
    resume: Annotated[str | None, typer.Option(help="Take up the run of this id where it stopped.")] = None,
    plan_file: Annotated[Path | None, typer.Option("--plan", help="Read the plan from a JSON file.")] = None,
    listing: Annotated[bool, typer.Option("--list", help="Show the recommenders and stop.")] = False,
) -> None:
    """Recommend to users of a dataset and record everything. The same plan again reuses or resumes its run."""
    console = Console()
    if listing:
        _list_recommenders(console)
        return
    home = Home.default()
    if resume is not None:
        plan = _planned_before(home, resume)
    elif plan_file is not None:
        plan = checked_plan(_json_object(plan_file))
    elif recommender is None:
        raise PlanError("Name a recommender, for example `recaudit run item-knn`; `recaudit run --list` shows all.")
    else:
        constraints = {
            "domains": domain or [],
            "max_price": max_price,
            "in_stock_only": in_stock,
            "max_age_rating": max_age_rating,
        }
        plan = checked_plan(
            {
                "dataset": dataset,
                "recommender": recommender,
                "config": dict(_pair(text, parse=True) for text in config or []),
                "model": model,
                "device": device,
                "users": _users(users),
                "k": k,
                "split": split,
                "candidates": candidates,
                "repeats": repeats if repeats is not None else 1 if sensitive is None else _neutral_repeats(),
                "variants": _with_stated(
                    _variants(variant), _sensitive(home, dataset, sensitive, swap=swap, wording=wording)
                ),
                "constraints": constraints,
                "allow_repeat_consumption": allow_repeats,
                "seed": seed,
                "label": label,
                "batch_size": batch_size,
            }
        )
    outcome = carry_out(console, home, plan, expected_run_id=resume)
    if not outcome.finished:
        raise typer.Exit(STOPPED)


def carry_out(console: Console, home: Home, plan: RunPlan, expected_run_id: str | None = None) -> RunOutcome:
    """Prepare and execute a plan with progress; Ctrl-C or a stop from the dashboard ends it after the present batch.

    Raises:
        PlanError: the run to be resumed rested on a model or dataset that has changed since.
    """
    from dashboard.cli.progress import RunProgress, duration
    from engine.plan_file import write_plan
    from engine.preparation import prepare
    from engine.runner import execute

    console.print(f"{plan.label or plan.recommender}: loading", highlight=False)
    prepared = prepare(home, plan)
    run_id = prepared.manifest.run_id
    if expected_run_id not in {None, run_id}:
        raise PlanError(
            f"Run {expected_run_id} cannot be resumed: its model or dataset has changed since it was planned. "
            f"Start it again with its options; that is run {run_id}."
        )
    write_plan(home, run_id, plan)
    stop = _StopSignal()
    began = stop.began
    with stop, RunProgress(console, plan.label or plan.recommender) as progress:
        outcome = execute(home, prepared, watch=progress.watch, should_stop=lambda: stop.asked)
    planned = prepared.manifest.n_planned
    if outcome.reused:
        console.print(f"{run_id}: already finished, {count(planned, 'request')}; nothing to do", highlight=False)
    elif outcome.finished:
        errors = f", {outcome.n_errors} of them failed" if outcome.n_errors else ""
        took = duration(stop.elapsed(began))
        console.print(f"{run_id}: finished, {count(outcome.n_answered, 'request')}{errors}, {took}", highlight=False)
    else:
        console.print(
            f"{run_id}: stopped at {outcome.n_answered} of {count(planned, 'request')}; all are safe. "
            f"Go on with `recaudit run --resume {run_id}`.",
            highlight=False,
        )
    return outcome


def checked_plan(values: dict[str, Any]) -> RunPlan:
    """Return the plan, or say what is wrong with it.

    Raises:
        PlanError: a value is not one that a plan can have.
    """
    from pydantic import ValidationError

    from engine.plan import RunPlan

    try:
        return RunPlan(**values)
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'plan'}: {e['msg']}" for e in error.errors())
        raise PlanError(f"The plan cannot be carried out: {told}") from None


class _StopSignal:
    """Turns the first SIGINT or SIGTERM into a polite request, and lets a second one through."""

    def __init__(self) -> None:
        import time

        self.asked = False
        self._clock = time.monotonic
        self.began = self._clock()
        self._before: dict[int, Any] = {}

    def elapsed(self, since: float) -> float:
        return self._clock() - since

    def __enter__(self) -> _StopSignal:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, number: int, _frame: object) -> None:
        if self.asked:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        self.asked = True


def _planned_before(home: Home, run_id: str) -> RunPlan:
    from engine.plan_file import read_plan

    return read_plan(home, run_id)


def _json_object(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PlanError(f"{path} is not a readable JSON file: {error}.") from None
    if not isinstance(values, dict):
        raise PlanError(f"{path} must hold one JSON object with the fields of a plan.")
    return values


def _pair(text: str, *, parse: bool) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise PlanError(f"Expected name=value, got {text!r}.")
    if not parse:
        return name.strip(), value
    try:
        return name.strip(), json.loads(value)
    except ValueError:
        return name.strip(), value


def _users(text: str) -> int | list[str] | None:
    if text == "all":
        return None
    return int(text) if text.isdecimal() else [part.strip() for part in text.split(",") if part.strip()]


def _variants(texts: list[str] | None) -> list[dict[str, Any]]:
    named = [{"name": name, "statement": said} for name, said in (_pair(t, parse=False) for t in texts or [])]
    return named or [{"name": "neutral"}]


def _neutral_repeats() -> int:
    from engine.sensitive import NEUTRAL_REPEATS

    return NEUTRAL_REPEATS


def _sensitive(
    home: Home, dataset: str, attributes: str | None, *, swap: bool, wording: Path | None
) -> list[dict[str, Any]]:
    """Return the variants that state these attributes, the neutral one first; none where none are named."""
    from engine.datasets.store import load_dataset
    from engine.prompts.statements import read_statements
    from engine.sensitive import sensitive_variants

    if attributes is None:
        if swap or wording:
            raise PlanError("--swap and --wording go with --sensitive, for example --sensitive gender,age_band.")
        return []
    names = [name.strip() for name in attributes.split(",") if name.strip()]
    statements = read_statements(wording) if wording else None
    variants = sensitive_variants(load_dataset(home, dataset).users, names, swap=swap, statements=statements)
    return [variant.model_dump() for variant in variants]


def _with_stated(named: list[dict[str, Any]], stated: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put both together; the neutral variant is there once, first where something is stated beside it."""
    own = {variant["name"] for variant in stated}
    return stated + [variant for variant in named if variant["name"] not in own]


def _list_recommenders(console: Console) -> None:
    from rich.table import Table

    from engine.registry import ROWS

    table = Table(box=None, header_style="bold")
    for column in ("name", "paradigm", "model", "what it does"):
        table.add_column(column)
    for row in ROWS:
        table.add_row(row.name, str(row.paradigm), row.default_model or "none", row.summary)
    console.print(table)
