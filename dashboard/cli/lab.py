"""`recaudit lab`: change one thing in the requests of a finished run, ask again. Not here: what is changed (engine)."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from dashboard.cli.run import STOPPED, carry_out
from engine.errors import PlanError
from engine.home import Home


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("lab")(lab)


def lab(
    run: Annotated[str, typer.Argument(help="Finished run to build on: its id, its beginning, or a label.")],
    tests: Annotated[
        str | None,
        typer.Option(help="early,mistakes,paraphrase,filler,hint,necessity,sufficiency; none named: all that fit."),
    ] = None,
    users: Annotated[str, typer.Option(help='How many users of that run, "all", or ids separated by commas.')] = "40",
    repeats: Annotated[int, typer.Option(help="Unchanged requests a user, for the noise floor.")] = 3,
    times: Annotated[int, typer.Option(help="Times that each changed request is made.")] = 1,
    paraphrase: Annotated[str, typer.Option(help="Who puts the reasoning into other words: rules or model.")] = "rules",
    candidates: Annotated[
        str, typer.Option(help="Where items are withheld: fixed, those of the run, or found anew from what is left.")
    ] = "fixed",
    device: Annotated[str | None, typer.Option(help="auto, cuda, mps or cpu; none named: as the run.")] = None,
    batch_size: Annotated[int | None, typer.Option(help="Requests between two writes to the journal.")] = None,
) -> None:
    """Test whether a run's lists follow its stated reasoning: cut it, corrupt it, hint, withhold what reasons name.

    The lab run is journalled and resumable like any other; `recaudit audit --run RUN --audit faithfulness` judges it.
    """
    from pydantic import ValidationError

    from engine.lab.planning import plan_lab
    from engine.runlog.index import RunLog

    console = Console()
    home = Home.default()
    base_run_id = RunLog(home).run(run).run_id
    try:
        planned = plan_lab(
            home,
            base_run_id,
            tests=_tests(tests),
            users=_users(users),
            repeats=repeats,
            times=times,
            paraphrase=paraphrase,
            candidates=candidates,
            device=device,
            batch_size=batch_size,
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise PlanError(f"--{first['loc'][0]}: {first['msg']}.") from None
    for test, why in planned.left_out.items():
        console.print(f"left out: {test}: {why}", highlight=False, markup=False)
    outcome = carry_out(console, home, planned.plan)
    for test, why in planned.without_material(home, outcome.run_id).items():
        console.print(f"left out: {test}: {why}", highlight=False, markup=False)
    if not outcome.finished:
        raise typer.Exit(STOPPED)
    console.print(f"Judge it: `recaudit audit --run {base_run_id} --audit faithfulness`", highlight=False, markup=False)


def _tests(text: str | None):
    from engine.lab.planning import TESTS
    from engine.records import LabTest

    if text is None:
        return None
    names = [part.strip() for part in text.split(",") if part.strip()]
    unknown = [name for name in names if name not in set(TESTS)]
    if unknown or not names:
        raise PlanError(f"There is no lab test {', '.join(unknown) or 'named'}; there are {', '.join(TESTS)}.")
    return [LabTest(name) for name in names]


def _users(text: str) -> int | list[str] | None:
    if text == "all":
        return None
    return int(text) if text.isdecimal() else [part.strip() for part in text.split(",") if part.strip()]
