"""Users & lists: one user's history beside each run's list, and how each list came about."""

from __future__ import annotations

import shlex
from dataclasses import replace

import streamlit as st

from dashboard import frame
from dashboard.cohort import Cohort
from dashboard.loaders import claims, lists, log, why
from dashboard.loaders.lists import RunList, UserLists
from dashboard.render import lists as shown
from dashboard.render import page, text
from dashboard.render import why as reasons
from dashboard.render.claims import LEGEND

_USER, _RUN, _PART, _REQUEST = "user_picker", "run_picker", "part_picker", "request_picker"
_MANY_USERS = 5_000
_PARTS = ("Slots", "Reasoning", "Model calls", "Why")
_RANK = "rank_picker"


def show(cohort: Cohort) -> None:
    """Show the page for the chosen runs."""
    page.question("Who got what, and why?")
    request_id = st.query_params.get("request")
    place = lists.place(request_id) if request_id else None
    if request_id and place is None:
        st.warning(f"The log holds no request {text.markdown(request_id)}; the first user is shown.")
    if place is not None and place.run_id in cohort.names and place.run_id not in cohort.run_ids:
        cohort = replace(cohort, run_ids=(*cohort.run_ids, place.run_id))  # a link leads to a run that is not chosen
    users = lists.users(cohort)
    if not users:
        page.paragraph("No user of these runs is in the chosen groups. Choose other groups or runs above.")
        return
    user_id = place.user_id if place else st.query_params.get("user", users[0])
    if user_id not in users:
        st.warning(
            f"User {text.markdown(user_id)} is not in these runs and groups; {text.markdown(users[0])} is shown."
        )
        user_id, request_id, place = users[0], None, None
    _picker(users, user_id)
    found = lists.user_lists(cohort, user_id, request_id)
    if found is None:
        page.paragraph("None of the chosen runs has a request of this user.")
        return
    _user(found, cohort)
    _request(found, cohort, place.run_id if place else None)


def _picker(users: tuple[str, ...], user_id: str) -> None:
    at = users.index(user_id)
    st.session_state[_USER] = user_id
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            f"User ({at + 1:,} of {len(users):,})", users[:_MANY_USERS] if at < _MANY_USERS else (user_id,), key=_USER,
            on_change=_user_picked, width=300, accept_new_options=len(users) > _MANY_USERS,
        )  # fmt: skip
        st.button("Previous", icon=":material/chevron_left:", disabled=at == 0, on_click=_go, args=(users[at - 1],))
        st.button(
            "Next", icon=":material/chevron_right:", disabled=at == len(users) - 1, on_click=_go,
            args=(users[(at + 1) % len(users)],),
        )  # fmt: skip
    frame.set_page_parameter("user", user_id)


def _user_picked() -> None:
    _go(st.session_state[_USER])


def _go(user_id: str) -> None:
    st.query_params["user"] = user_id
    st.query_params.pop("request", None)


def _user(found: UserLists, cohort: Cohort) -> None:
    known = ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in found.attributes)
    page.note(f"{known or 'No attributes are known'}. ✓ marks what was held out and recommended, × a lost slot.")
    have = {one.shown.run_id for one in found.lists}
    if without := [cohort.name(run_id) for run_id in cohort.run_ids if run_id not in have]:
        page.note(f"Not asked for this user: {', '.join(without)}.")
    page.disclosed(log.disclosure(cohort.dataset), cohort.dataset_name)
    whole = st.toggle("Whole history", key="whole_history") if len(found.history) > 12 else False
    st.html(shown.side_by_side(found.history, found.targets, found.lists, cohort, whole_history=whole))


def _request(found: UserLists, cohort: Cohort, wanted_run: str | None) -> None:
    st.header("How a list came about", anchor=False)
    runs = {one.shown.run_id: one for one in found.lists}
    if wanted_run in runs and st.session_state.get("request_shown") != st.query_params.get("request"):
        st.session_state[_RUN] = wanted_run
    st.session_state["request_shown"] = st.query_params.get("request")
    if st.session_state.get(_RUN) not in runs:
        st.session_state[_RUN] = _most_to_tell(found)
    with st.container(horizontal=True, gap="large", vertical_alignment="bottom"):
        run_id = st.segmented_control(
            "Run", list(runs), key=_RUN, required=True, format_func=lambda r: text.markdown(cohort.name(r))
        )
        linked = next((part for part in _PARTS if part.lower() == st.query_params.get("part")), _PARTS[0])
        part = st.segmented_control("Show", _PARTS, key=_PART, default=linked, required=True)
    one = runs[run_id] if run_id in runs else found.lists[0]
    _variants(one)
    frame.set_page_parameter("request", one.shown.request_id)
    st.session_state["request_shown"] = one.shown.request_id
    _facts(one)
    match part:
        case "Reasoning":
            _reasoning(one)
        case "Model calls":
            _calls(one)
        case "Why":
            _why(one)
        case _:
            _slots(one)


def _most_to_tell(found: UserLists) -> str:
    lost = [one for one in found.lists if any(slot.outcome != "delivered" for slot in one.slots)]
    return (lost or list(found.lists))[-1].shown.run_id


def _variants(one: RunList) -> None:
    if len(one.requests) < 2:
        return
    labels = {
        r.request_id: f"{r.variant}, repeat {r.repeat_index + 1}"
        + (f": {r.variant_statement}" if r.variant_statement else "")
        for r in one.requests
    }
    st.session_state[_REQUEST] = one.shown.request_id
    st.selectbox(
        "Request", list(labels), key=_REQUEST, format_func=lambda request: labels[request], width=420,
        on_change=lambda: st.query_params.update(request=st.session_state[_REQUEST]),
    )  # fmt: skip


def _facts(one: RunList) -> None:
    request = one.shown
    latency = f", {request.latency_ms:,.0f} ms" if request.latency_ms is not None else ""
    page.note(
        f"Request {request.request_id}: {shown.said_of(one)}{latency}. "
        f"Knew {text.count(request.n_history, 'interaction')} up to {text.local_time(request.cutoff_at)}."
    )
    if request.error:
        st.error(f"This request failed: {text.markdown(request.error)}", icon=":material/error:")


def _reasoning(one: RunList) -> None:
    steps = lists.detail(one.shown.run_id, one.shown.request_id).steps
    if not steps:
        page.note("This recommender logs no steps of reasoning: it ranks without saying why.")
        return
    st.html(shown.steps(steps, claims.claims(one.shown.run_id, one.shown.request_id)))


def _slots(one: RunList) -> None:
    found = claims.claims(one.shown.run_id, one.shown.request_id)
    if any(slot.rationale for slot in one.slots):
        _checking(one.shown.run_id, known=bool(found))
    st.html(shown.slot_details(one, found))


def _checking(run_id: str, *, known: bool) -> None:
    if known:
        page.note(LEGEND)
    if claims.is_checked(run_id):
        return
    since = "The run has more records than when its reasons were checked." if known else ""
    page.note(since or "The reasons of this run have not been checked yet against catalogue, history and graph.")
    if st.button("Check the reasons", icon=":material/fact_check:", key="check_claims"):
        with st.spinner("Checking what was said, in all requests of this run"):
            error = claims.check(run_id)
        if error:
            st.error(f"The reasons could not be checked: {text.markdown(error)}", icon=":material/error:")
        else:
            st.rerun()


def _calls(one: RunList) -> None:
    calls = lists.detail(one.shown.run_id, one.shown.request_id).calls
    if not calls:
        page.note("No language model was called for this list.")
        return
    names = [f"{call.generation_index + 1}. {call.purpose}" for call in calls]
    place = 0
    if len(calls) > 1:
        chosen = st.selectbox("Call", names, key="call_picker", width=300)
        place = names.index(chosen) if chosen in names else 0
    call = calls[place]
    page.note(shown.call_facts(call))
    if call.error:
        st.error(f"This call failed: {text.markdown(call.error)}", icon=":material/error:")
    prompt, answer = st.columns(2, gap="medium")
    with prompt:
        st.subheader("Prompt", anchor=False)
        for role, content in call.messages:
            st.caption(text.markdown(role))
            st.code(content, language=None, wrap_lines=True)
    with answer:
        st.subheader("Raw answer", anchor=False)
        st.caption("as the model gave it")
        st.code(call.text or " ", language=None, wrap_lines=True)


def _why(one: RunList) -> None:
    items = {slot.slot_rank: slot for slot in one.slots if slot.item_id is not None}
    if not items:
        page.note("No slot of this list names an item of the catalogue, so that there is nothing to explain.")
        return
    run_id, request_id = one.shown.run_id, one.shown.request_id
    rank = st.selectbox(
        "Recommendation", list(items), key=f"{_RANK}_{request_id}", width=420,
        format_func=lambda r: text.shorten(f"{r}. {items[r].title or items[r].raw_text or items[r].item_id}", 120),
    )  # fmt: skip
    if rank is None:
        return
    if items[rank].rationale:
        st.html(f'<p class="ra ra-quote">{text.inline(items[rank].rationale or "")}</p>')
    command = shlex.join(("recaudit", "explain", run_id, request_id, "--rank", str(rank)))  # ids are what a log chose
    reasons.explained(why.explanations(run_id, request_id, rank), command, why.no_scores(run_id))
    reasons.knowledge_paths(why.paths(run_id, request_id, rank))


cohort = frame.current()
if cohort is None:
    page.question("Who got what, and why?")
    page.paragraph("There are no lists yet. They appear here as soon as the first run has answered its first requests.")
    st.page_link("views/run_studio.py", label="Set up a first run", icon=":material/play_circle:")
else:
    show(cohort)
