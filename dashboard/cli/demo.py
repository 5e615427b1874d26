"""`recaudit demo`: the three paradigms on the sample world, arriving live in the dashboard."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from engine.home import Home

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.plan import RunPlan

DATASET = "sample-world"
BASELINES = ("most-popular", "item-knn")
PARADIGMS = ("unisrec", "zero-shot", "cot-matcher")  # one each of SRE, GR, DMI
SEED = 7
# UniSRec as in its defaults but shorter and narrower, so that the demo stays within ten minutes on two cores.
SHORTENED = {"unisrec": {"width": 64, "max_length": 20, "pretrain_epochs": 2, "epochs": 15}}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    model: Annotated[
        str, typer.Option(help="Who writes and judges: embedded, hf:…, ollama:…, openai:…@URL.")
    ] = "embedded",
    users: Annotated[int, typer.Option(min=1, help="How many users.")] = 200,
    k: Annotated[int, typer.Option("--k", min=1, help="Length of each list.")] = 10,
    port: Annotated[int, typer.Option(help="Port of the dashboard on localhost.")] = 8501,
    show: Annotated[bool, typer.Option("--dashboard/--no-dashboard", help="Open the dashboard.")] = True,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Keep the dashboard open until Ctrl-C.")] = True,
) -> None:
    """Run two baselines and one recommender of each paradigm on the sample world, and audit them."""
    from dashboard.cli.dashboard import open_dashboard

    console = Console()
    home = Home.default()
    server = None
    try:
        server = open_dashboard(console, home, port, browser=wait) if show else None
        finished = _run_all(console, home, demo_plans(model=model, users=users, k=k))
        if finished:
            _print_audits(console, finished)
        if server and wait and finished:
            console.print(f"\nThe dashboard is open at {server.url}; Ctrl-C closes it.", highlight=False)
            server.process.wait()
    except KeyboardInterrupt:
        console.print("\nStopped. `make demo` goes on from here.", highlight=False)
    finally:
        if server:
            server.stop()


def demo_plans(*, model: str, users: int, k: int) -> list[RunPlan]:
    """Return the five plans of the demo."""
    from engine.plan import RunPlan
    from engine.registry import row

    def plan(name: str) -> RunPlan:
        takes_text_model = "generate" in row(name).needs
        return RunPlan(
            dataset=DATASET,
            recommender=name,
            config=SHORTENED.get(name, {}),
            model=model if takes_text_model else None,
            users=users,
            k=k,
            seed=SEED,
            batch_size=max(1, min(20, users // 10)),
        )

    return [plan(name) for name in (*BASELINES, *PARADIGMS)]


def _run_all(console: Console, home: Home, plans: Sequence[RunPlan]) -> list[str]:
    """Carry out the plans one after the other; return the run ids, empty when it was stopped."""
    from dashboard.cli.progress import duration
    from dashboard.cli.run import carry_out

    began = time.monotonic()
    finished = []
    for number, plan in enumerate(plans, start=1):
        console.rule(f"[bold]run {number} of {len(plans)}: {plan.recommender}", align="left", style="dim")
        outcome = carry_out(console, home, plan)
        if not outcome.finished:
            return []
        finished.append(outcome.run_id)
    console.print(f"All {len(plans)} runs are there after {duration(time.monotonic() - began)}.", highlight=False)
    return finished


def _print_audits(console: Console, run_ids: Sequence[str]) -> None:
    from dashboard.cli.audit import audit

    console.rule("[bold]audits", align="left", style="dim")
    audit(run=list(run_ids), brief=True)
    console.print("\nThe numbers: recaudit audit --audit accuracy, or the dashboard's page Audits.", highlight=False)
