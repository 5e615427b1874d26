"""The lab's answer: two sentences, with the numbers that decide and what they are of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from audits.lab.answer import faithfulness_answer, is_positive
from audits.lab.quantities import QUANTITIES
from audits.results import Interval, Measure

CARDS = {quantity.card.name: quantity.card for quantity in QUANTITIES}


def measure(name, value, low, high, n=40):
    interval = Interval(low=low, high=high, level=0.95, method="bootstrap")
    return Measure(card=CARDS[name], run_id="r", value=value, n=n, interval=interval)


CUT = measure("early_aoc_list", 0.26, 0.2, 0.32)
NO_CUT = measure("early_aoc_list", 0.01, -0.04, 0.06)
WRONG = measure("mistake_all_list", 0.2, 0.15, 0.25)
WORDING = measure("content_over_wording", -0.03, -0.1, 0.04)
HINT = measure("hint_listed", 0.4, 0.3, 0.5)
OWNED = measure("hint_owned", 0.1, 0.0, 0.3, n=16)


@pytest.mark.parametrize(
    ("measures", "said"),
    [
        ([CUT, WRONG], ["The lists of cot follow its reasoning: cutting it changes them by 0.26 [0.20, 0.32] more"]),
        ([CUT], ["more than chance does, on a scale from -1 to 1, where 0 is as much as chance"]),
        ([NO_CUT], ["are not shown to follow its reasoning", "0.01 [-0.04, 0.06]"]),
        ([NO_CUT, WRONG], ["follow its reasoning: wrong terms in it change them by 0.20 [0.15, 0.25]"]),
        ([replace(CUT, n=7)], ["cannot be told from 7 users"]),
        ([CUT, WORDING], ["is not shown to count more than how it is worded", "-0.03 [-0.10, 0.04]"]),
        ([CUT, WORDING, HINT, OWNED], ["planted hint", "40% [30%, 50%] more lists", "10% [0%, 30%] of those it moved"]),
        ([HINT], ["cot: They also follow a planted hint"]),
        ([replace(CUT, value=None, interval=None)], ["cot: no test has a value."]),
        ([OWNED], ["cot: ", "10% [0%, 30%]"]),
    ],
)  # fmt: skip
def test_the_answer_has_the_numbers_that_decide(measures, said):
    answer = faithfulness_answer("cot", measures, 20)
    assert all(part in answer for part in said), answer
    assert answer.count("[") <= 3


def test_a_value_is_positive_only_where_its_interval_is():
    assert is_positive(CUT)
    assert not is_positive(NO_CUT)
    assert not is_positive(replace(CUT, n=1))
    assert is_positive(replace(CUT, interval=None))
