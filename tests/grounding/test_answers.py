"""Raw answers of every shape -> the lines that stand for recommendations."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.grounding import Grounder, read_lines
from engine.records import Item

TITLES = ("Dune", "Alien", "Heat")
GROUNDER = Grounder(
    {title: Item(item_id=title, title=title) for title in (*TITLES, "Matrix, The", "1984", "2001: Odyssey")}
)

THREE = {
    "numbered": "1. Dune\n2. Alien\n3. Heat",
    "brackets": "1) Dune\n2) Alien\n3) Heat",
    "hashes": "#1 Dune\n#2 Alien\n#3 Heat",
    "colons": "1: Dune\n2: Alien\n3: Heat",
    "preamble": "Here are 3 recommendations:\n\n1. Dune\n2. Alien\n3. Heat\n\nEnjoy watching!",
    "numbered with reasons": "1. **Dune** (2021) - sand\n   Yes.\n2. **Alien** - a ship.\n3. **Heat** - a heist.",
    "bold numbers": "**1. Dune**\n**2. Alien**\n**3. Heat**",
    "sub-bullets": "1. Dune\n   - by Villeneuve\n2. Alien\n   - by Scott\n3. Heat\n   - by Mann",
    "bullets": "Sure! My picks:\n- Dune\n- Alien\n- Heat\nLet me know if you want more.",
    "stars": "* Dune\n* Alien\n* Heat",
    "json strings": '["Dune", "Alien", "Heat"]',
    "json in a fence": '```json\n["Dune", "Alien", "Heat"]\n```',
    "json objects": '[{"title": "Dune", "year": 2021}, {"title": "Alien"}, {"title": "Heat"}]',
    "json in an object": 'Here you go: {"recommendations": [{"title": "Dune"}, {"title": "Alien"}, {"title": "Heat"}]}',
    "json by rank": '{"1": "Dune", "2": "Alien", "3": "Heat"}',
    "json cut off": '[{"title": "Dune"}, {"title": "Alien"}, {"title": "Heat"}, {"title": "Bla',
    "table": "| Rank | Title | Year |\n|---|---|---|\n| 1 | Dune | 2021 |\n| 2 | Alien | 1979 |\n| 3 | Heat | 1995 |",
    "title last": "| # | Year | Title |\n|:-:|-|-|\n| 1 | 2021 | Dune |\n| 2 | 1979 | Alien |\n| 3 | 1995 | Heat |",
    "table in prose": "| Film | Why |\n|-|-|\n| **Dune** | sand |\n| **Alien** | fear |\n| **Heat** | crime |\n\nDone.",
    "plain lines": "Dune\nAlien\nHeat",
    "plain lines in prose": "Based on your history I suggest:\nDune\nAlien\nHeat\nI hope that you like these films!",
    "commas": "Dune, Alien, Heat",
    "commas and a last and": "I would recommend Dune, Alien, and Heat.",
    "two and one": "You might like: Dune, Alien and Heat.",
    "semicolons": "Dune; Alien; Heat",
    "quoted in a sentence": 'I recommend "Dune", "Alien" and "Heat".',
    "one line numbered": "1. Dune 2. Alien 3. Heat",
    "thinking first": "<think>The user likes\n1. space\n2. fear\n</think>\n1. Dune\n2. Alien\n3. Heat",
    "html": "<ol>\n<li>Dune</li>\n<li>Alien</li>\n<li>Heat</li>\n</ol>",
    "windows line ends": "1. Dune\r\n2. Alien\r\n3. Heat\r\n",
}  # fmt: skip


@pytest.mark.parametrize("answer", THREE.values(), ids=THREE.keys())
def test_three_titles_are_read_out_of_any_shape(answer: str):
    lines = read_lines(answer, 3)
    matches = GROUNDER.ground([line.title or "" for line in lines])
    assert [match and match.item_id for match in matches] == list(TITLES), lines
    assert all(line.raw for line in lines)


@pytest.mark.parametrize("answer", ["", "   \n\t\n", "```\n```"])
def test_an_empty_answer_has_no_lines(answer: str):
    assert read_lines(answer, 3) == []


@pytest.mark.parametrize(
    "answer",
    [
        "I'm sorry, but I cannot recommend anything without more information.",
        "As an AI language model I do not have preferences, so please tell me more about what you like to read.",
        "...",
        "N/A",
    ],
)
def test_an_answer_without_a_title_is_one_unparseable_line(answer: str):
    lines = read_lines(answer, 3)
    assert [line.title for line in lines] == [None]
    assert lines[0].raw == answer


def test_a_numbered_line_without_a_title_keeps_its_place():
    assert [line.title for line in read_lines("1. Dune\n2.\n3. Heat", 3)] == ["1. Dune", None, "3. Heat"]
    assert [line.title for line in read_lines("1. Dune\n2. [title]\n3. ...", 3)] == ["1. Dune", None, None]


def test_numbers_that_are_titles_stay_titles():
    lines = read_lines("1. 1984\n2. 2001: Odyssey", 2)
    assert [m and m.item_id for m in GROUNDER.ground([line.title or "" for line in lines])] == ["1984", "2001: Odyssey"]
    assert [m and m.item_id for m in GROUNDER.ground([x.title or "" for x in read_lines("1984\nDune", 2)])] == [
        "1984",
        "Dune",
    ]


def test_a_trailing_article_is_not_an_item_of_a_comma_list():
    lines = read_lines("Dune, Matrix, The, Heat", 3)
    assert [m and m.item_id for m in GROUNDER.ground([x.title or "" for x in lines])] == ["Dune", "Matrix, The", "Heat"]


def test_one_title_that_was_asked_for_is_not_split():
    assert [line.title for line in read_lines("The Good, the Bad and the Ugly", 1)] == [
        "The Good, the Bad and the Ugly"
    ]


def test_more_lines_than_asked_for_are_all_read():
    assert len(read_lines("\n".join(f"{n}. Dune" for n in range(1, 31)), 10)) == 30


@pytest.mark.parametrize(
    "part", ["**", "[", "(a ", "a: ", '"a ', "x - ", "by ", "1. ", "| a ", "> * _", "{", "special "]
)
def test_a_model_that_repeats_itself_for_ever_does_no_harm(part: str):
    for answer in (part * 1500, "\n".join([part * 150] * 20)):
        assert all(match is None for match in GROUNDER.ground([line.title or "" for line in read_lines(answer, 10)]))


@settings(deadline=None)
@given(st.text(max_size=300), st.integers(1, 20))
def test_any_text_can_be_read_and_grounded(text: str, k: int):
    lines = read_lines(text, k)
    assert all(line.title is None or line.title.strip() for line in lines)
    assert len(GROUNDER.ground([line.title or "" for line in lines])) == len(lines)


@settings(deadline=None)
@given(st.lists(st.sampled_from(TITLES), min_size=2, max_size=20))
def test_a_numbered_list_comes_back_as_it_was_written(titles: list[str]):
    answer = "\n".join(f"{rank}. {title}" for rank, title in enumerate(titles, start=1))
    matches = GROUNDER.ground([line.title or "" for line in read_lines(answer, len(titles))])
    assert [match and match.item_id for match in matches] == titles
