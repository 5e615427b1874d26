"""The Run studio's form: widgets in, a plan and its command out. What was typed stays while the session lasts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from dashboard.loaders import log, studio
from dashboard.render import page, text
from dashboard.render.paradigms import look
from dashboard.render.studio import option_field
from engine.datasets.store import DatasetSummary
from engine.errors import PlanError
from engine.registry import Row

PROBE_USERS = 3
_KEEP = "session"
_SPLITS = ("the dataset's default", "leave each user's last n out", "a share of the time", "a date")


@dataclass(frozen=True, kw_only=True)
class Form:
    """What was typed: as a plan, as a command, and as what an estimate needs. `kind` tells probes apart."""

    plan: dict[str, Any]
    arguments: tuple[str, ...]
    probe_arguments: tuple[str, ...]
    problems: tuple[str, ...]
    name: str
    recommender: str
    model: str | None
    dataset_fingerprint: str
    k: int
    n_requests: int
    is_upper_bound: bool  # "all users" counts those too who have nothing held out

    @property
    def kind(self) -> tuple[str, ...]:
        """What a probe's figures depend on."""
        return tuple(argument for argument in self.probe_arguments if not argument.startswith("--label"))


def fields() -> Form | None:
    """Show the form and return what it says; None: there is no dataset yet."""
    datasets = log.datasets()
    if not datasets:
        page.paragraph("There is no dataset yet. Import one: recaudit data import FOLDER --name NAME")
        return None
    st.header("Data", anchor=False)
    dataset, users, split = _data(datasets)
    st.header("Recommender", anchor=False)
    row, model, config, wrong = _recommender()
    st.header("Protocol", anchor=False)
    k, candidates, seed, repeats, label, batch = _protocol(row)
    plan: dict[str, Any] = {
        "dataset": dataset.name, "recommender": row.name, "config": config, "model": model, "users": users, "k": k,
        "split": split, "candidates": candidates, "repeats": repeats, "seed": seed, "label": label, "batch_size": batch,
    }  # fmt: skip
    return Form(
        plan=plan,
        arguments=_arguments(plan),
        probe_arguments=_arguments({**plan, "users": PROBE_USERS, "repeats": 1, "label": "probe"}),
        problems=tuple(wrong),
        name=label or row.name,
        recommender=row.name,
        model=model,
        dataset_fingerprint=dataset.fingerprint,
        k=k,
        n_requests=min(users or dataset.n_users, dataset.n_users) * repeats,
        is_upper_bound=users is None,
    )


def _data(datasets: list[DatasetSummary]) -> tuple[DatasetSummary, int | None, str | None]:
    by_name = {dataset.name: dataset for dataset in datasets}
    cols = st.columns([1.4, 1, 1])
    with cols[0]:
        name = st.selectbox("Dataset", list(by_name), key="studio_dataset", persist_state=_KEEP, format_func=str)
    dataset = by_name.get(name or "", datasets[0])
    with cols[1]:
        who = st.segmented_control("Users", ["a number", "all"], key="studio_who", default="a number", required=True,
                                   persist_state=_KEEP)  # fmt: skip
    users = None
    with cols[2]:
        if who != "all":
            users = int(st.number_input("How many", min_value=1, max_value=dataset.n_users, key="studio_users",
                                        value=min(200, dataset.n_users), persist_state=_KEEP))  # fmt: skip
    said = f", {dataset.disclosure}" if dataset.disclosure else ""
    page.note(
        f"{text.count(dataset.n_users, 'user')}, {text.count(dataset.n_items, 'item')}, "
        f"{text.count(dataset.n_interactions, 'interaction')}{said}. Users are drawn with the seed."
    )
    return dataset, users, _split(dataset)


def _split(dataset: DatasetSummary) -> str | None:
    cols = st.columns([1.4, 1, 1])
    default = studio.default_split(dataset.name, is_given=dataset.has_given_holdout)
    with cols[0]:
        kind = st.selectbox("Held out", _SPLITS, key="studio_split", persist_state=_KEEP,
                            help="What each list should hit, and what no recommender may have seen.")  # fmt: skip
    with cols[1]:
        match kind:
            case "leave each user's last n out":
                n = st.number_input("Interactions", min_value=1, value=1, key="studio_split_n", persist_state=_KEEP)
                return f"leave-last-out:{int(n)}"
            case "a share of the time":
                share = st.number_input("Learned from, % of interactions", min_value=1, max_value=99, value=90,
                                        key="studio_split_share", persist_state=_KEEP)  # fmt: skip
                return f"cutoff:{int(share)}%"
            case "a date":
                day = st.date_input(
                    "Held out from (UTC)", key="studio_split_date", value=date.today(), persist_state=_KEEP
                )
                return f"cutoff:{day:%Y-%m-%d}"
            case _:
                st.text_input("Which is", value=default, disabled=True, key=f"studio_split_default_{dataset.name}")
                return None


def _recommender() -> tuple[Row, str | None, dict[str, Any], list[str]]:
    rows = {row.name: row for row in studio.recommenders()}
    cols = st.columns([1.4, 2])
    with cols[0]:
        name = st.selectbox("Recommender", list(rows), key="studio_recommender", persist_state=_KEEP,
                            format_func=lambda n: f"{look(rows[n].paradigm).mark} {n}")  # fmt: skip
    row = rows.get(name or "", studio.recommenders()[0])
    model = None
    with cols[1]:
        if row.default_model is not None:
            model = _model(row)
        else:
            st.text_input("Language model", value="none: this recommender takes no model", disabled=True,
                          key="studio_no_model")  # fmt: skip
    page.note(f"{row.summary}. Paradigm: {look(row.paradigm).name}.")
    config, wrong = _options(row)
    return row, model, config, wrong


def _model(row: Row) -> str:
    names = list(dict.fromkeys([row.default_model or "", *(m.name for m in studio.models(row.name))]))
    chosen = st.selectbox(
        "Language model", names, key=f"studio_model_{row.name}", persist_state=_KEEP, accept_new_options=True,
        help="Choose one that is there, or type another: hf:NAME, ollama:NAME, openai:MODEL@URL",
    )  # fmt: skip
    missing = studio.missing_models(row.name)
    if missing:
        with st.popover("Other models", type="tertiary", icon=":material/info:"):
            for listing in missing:
                page.note(f"{listing.name}: {listing.detail}")
            st.button("Look again", on_click=studio.look_for_models_again, icon=":material/refresh:")
    return chosen or row.default_model or ""


def _options(row: Row) -> tuple[dict[str, Any], list[str]]:
    try:
        options = studio.options(row.name)
    except PlanError as error:
        return {}, [str(error)]
    if not options:
        page.note("This recommender has no options.")
        return {}, []
    config: dict[str, Any] = {}
    wrong: list[str] = []
    with st.expander(f"Options of {row.name} ({len(options)})"):
        cols = st.columns(3)
        for place, option in enumerate(options):
            with cols[place % 3]:
                value, problem = option_field(option, f"studio_option_{row.name}_{option.name}")
            if problem:
                wrong.append(problem)
            elif value != option.default:
                config[option.name] = value
    return config, wrong


def _protocol(row: Row) -> tuple[int, str, int, int, str, int]:
    cols = st.columns([1, 1.4, 1, 0.6])
    with cols[0]:
        k = int(st.number_input("List length k", min_value=1, max_value=1000, value=10, key="studio_k",
                                persist_state=_KEEP))  # fmt: skip
    with cols[1]:
        kind = st.selectbox(
            "Candidates", ["whole catalogue", "sampled"], key="studio_candidates", persist_state=_KEEP,
            help="Rank everything, or the held-out items among some that the user never met.",
        )  # fmt: skip
    candidates = "full"
    with cols[2]:
        if kind == "sampled":
            n = st.number_input("Negatives", min_value=1, value=100, key="studio_negatives", persist_state=_KEEP)
            candidates = f"sampled:{int(n)}"
    cols2 = st.columns(4)
    with cols2[0]:
        seed = int(st.number_input("Seed", min_value=0, value=0, key="studio_seed", persist_state=_KEEP))
    with cols2[1]:
        repeats = int(st.number_input("Repeats", min_value=1, max_value=100, value=1, key="studio_repeats",
                                      persist_state=_KEEP, help="How often each request is made."))  # fmt: skip
    with cols2[2]:
        batch = int(st.number_input("Batch", min_value=1, max_value=4096, value=32, key="studio_batch",
                                    persist_state=_KEEP, help="Requests between two writes."))  # fmt: skip
    with cols2[3]:
        label = st.text_input("Label", key="studio_label", placeholder=row.name, max_chars=80, persist_state=_KEEP)
    return k, candidates, seed, repeats, label.strip(), batch


def _arguments(plan: dict[str, Any]) -> tuple[str, ...]:
    """Return the plan as arguments of `recaudit run`; the form `--name=value` keeps a value from being an option."""
    arguments = ["run", plan["recommender"], f"--dataset={plan['dataset']}"]
    arguments += [f"--model={plan['model']}"] if plan["model"] else []
    arguments += [f"--config={name}={json.dumps(value)}" for name, value in plan["config"].items()]
    arguments += [f"--users={'all' if plan['users'] is None else plan['users']}", f"--k={plan['k']}"]
    arguments += [f"--split={plan['split']}"] if plan["split"] else []
    arguments += [f"--candidates={plan['candidates']}", f"--seed={plan['seed']}", f"--repeats={plan['repeats']}"]
    arguments += [f"--batch-size={plan['batch_size']}"]
    arguments += [f"--label={plan['label']}"] if plan["label"] else []
    return tuple(arguments)
