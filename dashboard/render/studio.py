"""The Run studio's form fields, estimate and rows of runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard.loaders.estimates import Estimate
from dashboard.loaders.studio import Option
from dashboard.render import page, text
from dashboard.render.paradigms import look
from engine.runlog.summaries import RunStatus, RunSummary

_STATUS = {
    RunStatus.RUNNING: "▶ running",
    RunStatus.INTERRUPTED: "‖ interrupted",
    RunStatus.FINISHED: "✓ finished",
    RunStatus.FAILED: "× failed",
    RunStatus.CANCELLED: "■ cancelled",
}


def option_field(option: Option, key: str) -> tuple[Any, str | None]:
    """Show one option and return its value, and what is wrong with it (None: nothing)."""
    label = text.markdown(option.name.replace("_", " "))
    more: dict[str, Any] = {"key": key, "help": text.markdown(option.help) or None, "persist_state": "session"}
    if option.kind in {"integer", "number"}:
        return _number(option, label, more), None
    match option.kind:
        case "boolean":
            return st.toggle(label, value=bool(option.default), **more), None
        case "choice":
            choices = [*([None] if option.is_optional else []), *option.choices]
            at = choices.index(option.default) if option.default in choices else 0
            return st.selectbox(label, choices, index=at, format_func=_choice, **more), None
        case "text":
            return st.text_input(label, value=option.default or "", **more) or option.default, None
        case _:
            return _json(option, label, more)


def _number(option: Option, label: str, more: dict[str, Any]) -> float | int | None:
    kind = int if option.kind == "integer" else float
    default, low, high = (None if x is None else kind(x) for x in (option.default, option.minimum, option.maximum))
    return st.number_input(
        label, value=default, min_value=low, max_value=high, step=1 if kind is int else None,
        format=None if kind is int else "%g", placeholder="not set", **more,
    )  # fmt: skip


def _json(option: Option, label: str, more: dict[str, Any]) -> tuple[Any, str | None]:
    example = json.dumps(option.default)
    typed = st.text_input(f"{label} (JSON)", value=example, **more)
    try:
        return json.loads(typed), None
    except ValueError as error:
        return option.default, f"{option.name}: expected JSON, for example {example} ({error})"


def estimated(estimate: Estimate, *, is_upper_bound: bool) -> None:
    """Show what a run will cost, and what the figures rest on."""
    most = "at most " if is_upper_bound else ""
    fit = estimate.fit_seconds
    rows: list[tuple[str, str]] = [("Requests", f"{most}{estimate.n_requests:,}")]
    if estimate.calls:
        rows.append(("Model calls", f"{most}{estimate.calls:,.0f}"))
        tokens_in, tokens_out = estimate.tokens_in, estimate.tokens_out
        rows.append(("Tokens read", "not told by the model" if tokens_in is None else _rounded(tokens_in)))
        rows.append(("Tokens written", "not told by the model" if tokens_out is None else _rounded(tokens_out)))
    else:
        rows.append(("Model calls", "none recorded"))
    rows.append(("Time to answer", f"{most}{text.duration(estimate.seconds)}"))
    if fit is not None:
        rows.append(("Time to learn first", f"{text.duration(fit)}, or none if it learned the same before"))
    body = "".join(
        f'<tr><td class="ra-muted" style="padding:0.2rem 1rem 0.2rem 0">{text.inline(name)}</td>'
        f'<td style="padding:0.2rem 0">{text.inline(value)}</td></tr>'
        for name, value in rows
    )
    st.html(f'<div class="ra ra-small"><table>{body}</table></div>')
    page.note(f"From {estimate.basis}. Loading comes on top.")


def run_line(run: RunSummary) -> None:
    """Show one run in two lines: what it is, how it stands."""
    look_ = look(run.paradigm)
    model = f" with {run.model_name}" if run.model_name else ""
    errors = f", {text.count(run.n_errors, 'error')}" if run.n_errors else ""
    share = run.delivered_share
    delivered = f", {share:.1%} of slots delivered" if share is not None else ""
    problem = f'<br><span class="ra-bad">{text.inline(run.problem)}</span>' if run.problem else ""
    st.html(
        f'<p class="ra"><strong><span style="color:{look_.colour}" aria-hidden="true">{look_.mark}</span> '
        f"{text.inline(run.label)}</strong> <span class='ra-muted'>"
        f"{text.inline(f'{run.recommender}{model} on {run.dataset_name}, k = {run.k}, seed {run.seed}')}</span><br>"
        f'<span class="ra-small">{_STATUS[run.status]} · {run.n_answered:,} of {run.n_planned:,} requests{errors}'
        f'{delivered} <span class="ra-muted">· {text.local_time(run.planned_at)} · {text.inline(run.run_id)}</span>'
        "</span>"
        f"{problem}</p>"
    )


def command_line(command: str) -> None:
    """Show the same as typed in a terminal."""
    with st.popover("As a command", icon=":material/terminal:", type="tertiary"):
        st.code(command, language="bash", wrap_lines=True, width=560)


def problems(found: Sequence[str]) -> None:
    """Say what is wrong with what was typed."""
    for one in found:
        st.error(text.markdown(one), icon=":material/error:")


def _choice(value: Any) -> str:
    return "not set" if value is None else str(value)


def _rounded(number: float) -> str:
    """Return an estimated count with the two digits that it deserves."""
    if number < 100:
        return f"about {number:,.0f}"
    size = 10 ** (len(str(int(number))) - 2)
    return f"about {round(number / size) * size:,}"
