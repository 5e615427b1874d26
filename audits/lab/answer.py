"""What the lab says of a run's reasoning, in two sentences: does it matter, and what else moves the lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from audits.results import Measure
from audits.wording import count_text, measure_text

_SCALE = "on a scale from -1 to 1, where 0 is as much as chance"


def faithfulness_answer(label: str, measures: Sequence[Measure], min_users: int) -> str:
    """Answer for one run, with the deciding numbers only; fewer than `min_users` users decide nothing."""
    by_name = {m.name: m for m in measures if m.value is not None}
    said = [_on_reasoning(label, by_name, min_users), _on_hint(by_name) or _on_wording(by_name) or _on_reasons(by_name)]
    if not any(said):
        first = next(iter(by_name.values()), None)
        said = [f"{label}: {f'{first.card.label} {measure_text(first)}' if first else 'no test has a value'}."]
    elif not said[0]:
        said = [f"{label}:", *said]
    return " ".join(sentence for sentence in said if sentence)


def is_positive(measure: Measure) -> bool:
    """Tell whether a value is shown to lie above 0; without an interval all users must have the same one."""
    if measure.value is None or measure.value <= 0 or measure.n < 2:
        return False
    return measure.interval is None or measure.interval.low > 0


def _on_reasoning(label: str, by_name: Mapping[str, Measure], min_users: int) -> str:
    told = {
        "early_aoc_list": "cutting it changes them by {}",
        "mistake_all_list": "wrong terms in it change them by {}",
    }
    tests = [(by_name[name], text) for name, text in told.items() if name in by_name]
    if not tests:
        return ""
    shown = [pair for pair in tests if is_positive(pair[0])]
    numbers = " and ".join(text.format(measure_text(m)) for m, text in shown[:1] or tests)
    numbers = f"{numbers} more than chance does, {_SCALE}"
    n = max(m.n for m, _ in tests)
    if n < min_users:
        few = count_text(n, "users")
        return f"Whether the lists of {label} follow its reasoning cannot be told from {few}: {numbers}."
    if not shown:
        return f"The lists of {label} are not shown to follow its reasoning: {numbers}."
    return f"The lists of {label} follow its reasoning: {numbers}."


def _on_hint(by_name: Mapping[str, Measure]) -> str:
    listed, owned = by_name.get("hint_listed"), by_name.get("hint_owned")
    if listed is None or not is_positive(listed):
        return ""
    owns = f", and {measure_text(owned)} of those it moved say so" if owned is not None else ""
    return f"They also follow a planted hint, which gets its item into {measure_text(listed)} more lists{owns}."


def _on_wording(by_name: Mapping[str, Measure]) -> str:
    content = by_name.get("content_over_wording")
    if content is None:
        return ""
    numbers = f"wrong terms change them by {measure_text(content)} more than a paraphrase does"
    if is_positive(content):
        return f"What it says counts more than how it is worded: {numbers}."
    return f"What it says is not shown to count more than how it is worded: {numbers}."


def _on_reasons(by_name: Mapping[str, Measure]) -> str:
    shift = by_name.get("necessity_shift")
    if shift is None:
        return ""
    verdict = "matters" if is_positive(shift) else "is not shown to matter"
    return (
        f"What its rationales name {verdict}: withholding it costs {measure_text(shift)} more than withholding "
        f"another item, {count_text(shift.n, 'users')}."
    )
