"""A page computes nothing: views import streamlit, the dashboard and the standard library, and hold no SQL."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

DASHBOARD = Path(__file__).parents[2] / "dashboard"
ALLOWED = {"streamlit", "dashboard", *sys.stdlib_module_names}


@pytest.mark.parametrize("path", sorted((DASHBOARD / "views").glob("*.py")), ids=lambda path: path.stem)
def test_views_import_only_streamlit_and_the_dashboard(path: Path) -> None:
    roots = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            roots |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            roots.add((node.module or "").partition(".")[0])
    assert roots <= ALLOWED
    assert not re.search(r"\bselect\b.+\bfrom\b", path.read_text(encoding="utf-8"))


def test_only_loaders_open_the_log_or_run_audits() -> None:
    doors = re.compile(r"\b(RunLog\(|run_audits\(|open_evidence\(|load_dataset\(|read_activity\()")
    pages = [p for folder in ("views", "render") for p in (DASHBOARD / folder).rglob("*.py")]
    pages += [DASHBOARD / "frame.py", DASHBOARD / "run_form.py", DASHBOARD / "cohort.py", DASHBOARD / "app.py"]
    assert not [path.name for path in pages if doors.search(path.read_text(encoding="utf-8"))]
