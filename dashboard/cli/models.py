"""`recaudit models`: what models there are, whether one works, training and export. Computes nothing itself."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

app = typer.Typer(help="Language models and encoders: list, check, train, evaluate, export.", no_args_is_help=True)
console = Console()


def register(root: typer.Typer) -> None:
    """Add the group to the command line."""
    root.add_typer(app, name="models")


@app.command("list")
def list_models() -> None:
    """List the models that can be named without a download, and the backends that are missing."""
    from engine.models.listing import available_models

    table = Table("name", "kind", "capabilities", "available", "detail")
    for model in available_models():
        capabilities = ", ".join(sorted(model.capabilities))
        table.add_row(model.name, model.kind, capabilities, "yes" if model.is_available else "no", model.detail)
    console.print(table)


@app.command()
def check(
    name: Annotated[
        str, typer.Argument(help="embedded, minilm, hf:..., encoder:..., nli:..., ollama:..., openai:...@<base url>")
    ],
    device: Annotated[str, typer.Option(help="auto, cuda, mps or cpu (local models)")] = "auto",
    timeout_s: Annotated[float, typer.Option(help="longest wait for one answer of a server, seconds")] = 120,
) -> None:
    """Open a model and try what it offers: one answer with its speed, JSON by schema, scores, vectors, entailment."""
    from engine.errors import ModelError
    from engine.models.check import check_model
    from engine.models.registry import open_model

    model = open_model(name, device=device, timeout_s=timeout_s)
    try:
        report = check_model(model)
    finally:
        model.close()
    table = Table(show_header=False)
    table.add_column("what")
    table.add_column("result", overflow="fold")  # a digest that is cut short cannot be compared
    for fact in report.facts:
        table.add_row(fact.what, fact.value)
    for trial in report.trials:
        table.add_row(trial.what, ("works: " if trial.works else "fails: ") + trial.detail)
    console.print(table)
    failing = [trial.what for trial in report.trials if trial.is_required and not trial.works]
    if failing:
        raise ModelError(f"{name} does not {' or '.join(failing)}; see the table above")


@app.command("export-gguf")
def export(
    name: Annotated[str, typer.Argument(help="embedded, hf:..., or a checkpoint folder")],
    out: Annotated[Path, typer.Argument(help="the GGUF file to write")],
    half: Annotated[bool, typer.Option("--half", help="float16 in place of float32")] = False,
) -> None:
    """Write a Llama checkpoint as GGUF, for llama.cpp and Ollama."""
    from engine.models.gguf_export import export_gguf
    from engine.models.registry import local_checkpoint

    export_gguf(local_checkpoint(name), out, half_precision=half)
    console.print(f"wrote {out} ({out.stat().st_size / 1e6:.1f} MB)", highlight=False)


@app.command()
def train(
    out: Annotated[Path | None, typer.Option(help="folder to write to; default: where `embedded` is read from")] = None,
    seed: Annotated[
        int | None, typer.Option(help="seed of weights and data order; default: the shipped model's")
    ] = None,
    minutes: Annotated[float | None, typer.Option(help="stop after this long; default: the full schedule")] = None,
    threads: Annotated[int | None, typer.Option(help="CPU threads; default: all")] = None,
    start: Annotated[Path | None, typer.Option(help="go on from the trained model in this folder")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="highest learning rate; default: the recipe's")] = None,
) -> None:
    """Train the embedded model from scratch on the sample world's training period."""
    from engine.models.registry import embedded_folder
    from engine.training.embedded_model import DEFAULT_SEED, LEARNING_RATE
    from engine.training.embedded_model import train as train_embedded

    target = out or embedded_folder()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("training", total=1.0)
        train_embedded(
            target,
            seed=DEFAULT_SEED if seed is None else seed,
            minutes=minutes,
            threads=threads,
            start=start,
            learning_rate=LEARNING_RATE if learning_rate is None else learning_rate,
            progress=lambda what, share: bar.update(task, description=what, completed=share),
        )
    console.print(f"wrote {target}", highlight=False)


@app.command()
def evaluate(
    folder: Annotated[Path | None, typer.Option(help="a trained model; default: where `embedded` is read from")] = None,
    users: Annotated[int, typer.Option(min=1, help="held-out users to ask about")] = 200,
) -> None:
    """Measure a trained embedded model on held-out users and write its figures and its card beside it."""
    from engine.models.registry import embedded_folder
    from engine.training.release import measure_and_describe

    target = folder or embedded_folder()
    figures = measure_and_describe(target, n_users=users)
    table = Table("figure", "value")
    for name, value in asdict(figures).items():
        if not isinstance(value, dict):
            table.add_row(name, f"{value:.4f}" if isinstance(value, float) else str(value))
    console.print(table)
    console.print(f"wrote {target / 'evaluation.json'} and {target / 'README.md'}", highlight=False, soft_wrap=True)
