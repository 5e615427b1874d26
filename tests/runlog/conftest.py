"""Puts the builders of this folder within reach of its tests, and gives each test a home folder of its own."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from engine.home import Home
from engine.runlog.index import RunLog


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


@pytest.fixture
def log(home):
    return RunLog(home, timeout_s=20)
