"""The generated parts of the README are what the program says today."""

from __future__ import annotations

from dashboard.cli.document import README, filled


def test_generated_parts_are_not_stale() -> None:
    text = README.read_text(encoding="utf-8")
    assert "<!-- commands -->" in text
    assert "<!-- measures -->" in text
    assert filled(text) == text, "run `python -m dashboard.cli.document` and commit README.md"
