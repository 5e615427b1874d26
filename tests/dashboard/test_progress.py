"""Long work says so where there is no screen, now and then; work that is done at once says nothing."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from dashboard.cli import progress
from dashboard.cli.progress import StageProgress


def test_a_line_now_and_then_where_there_is_no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    file = StringIO()
    with StageProgress(Console(file=file, force_terminal=False, width=80), "audit") as stages:
        stages.show("attributions of [a]", 0.1)
        assert not file.getvalue()
        now[0] += 11
        stages.show("attributions of [a]", 0.2)
        stages.show("attributions of [a]", 0.3)
    assert file.getvalue() == "audit: attributions of [a] 20%\n"
