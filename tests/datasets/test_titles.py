"""Film titles taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.datasets.loaders.titles import FilmTitle, article_first, film_title


@pytest.mark.parametrize(
    ("written", "title", "year", "aliases"),
    [
        ("Matrix, The (1999)", "The Matrix", 1999, ("Matrix, The",)),
        ("Toy Story (1995)", "Toy Story", 1995, ()),
        ("2001: A Space Odyssey (1968)", "2001: A Space Odyssey", 1968, ()),
        ("Seven (Se7en) (1995)", "Seven", 1995, ("Se7en", "Seven (Se7en)")),
        ("Double vie de Véronique, La (Double Life of Veronique, The) (1991)", "La Double vie de Véronique", 1991,
         ("The Double Life of Veronique", "Double vie de Véronique, La (Double Life of Veronique, The)")),
        ("Star Maker, The (Uomo delle stelle, L')", "The Star Maker", None,
         ("L'Uomo delle stelle", "Star Maker, The (Uomo delle stelle, L')")),
        ("Crazy, Stupid, Love", "Crazy, Stupid, Love", None, ()),
        ("Truth or Consequences, N.M. (1997)", "Truth or Consequences, N.M.", 1997, ()),
        ("Land Before Time III: The Time of the Great Giving (1995) (V)",
         "Land Before Time III: The Time of the Great Giving (1995) (V)", None, ()),
        ("(500) Days of Summer (2009)", "(500) Days of Summer", 2009, ()),
        ("Blade Runner 2049 (2017)", "Blade Runner 2049", 2017, ()),
        ("1900", "1900", None, ()),
        ("(1900)", "(1900)", None, ()),
    ],
)  # fmt: skip
def test_examples(written, title, year, aliases):
    assert film_title(written) == FilmTitle(title=title, year=year, aliases=aliases)


@settings(deadline=None, max_examples=100)
@given(st.text(min_size=1, max_size=30).filter(str.strip))
def test_a_title_is_never_lost(written):
    found = film_title(written)
    assert found.title
    assert found.title not in found.aliases
    assert article_first(article_first(written)) == article_first(written) or ", " in written
