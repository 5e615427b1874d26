"""recaudit data, through the command line's own objects."""

from __future__ import annotations

import pytest
import typer
from typer.testing import CliRunner

from dashboard.cli import data
from engine.errors import DatasetError
from engine.home import Home


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("RECAUDIT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    app = typer.Typer()
    app.callback()(lambda: None)
    data.register(app)

    def invoke(*arguments: object) -> str:
        result = CliRunner().invoke(app, ["data", *map(str, arguments)])
        if result.exception is not None:
            raise result.exception
        return result.stdout

    return invoke


def test_import_list_describe(run, write_source):
    folder = write_source().folder
    imported = run("import", folder, "--name", "small")
    assert "Imported small" in imported
    assert "timestamps read as seconds" in imported
    assert "small" in run("list")
    described = run("describe", "small", "--split", "leave-last-out:1")
    assert "Split leave-last-out:1" in described
    assert "Items not in training (cold)" in described


def test_files_with_a_mapping(run, tmp_path):
    (tmp_path / "log.csv").write_text("uid,item_id,ts\na,x,2024-01-01\n")
    (tmp_path / "shop.csv").write_text("item_id,name\nx,Kettle\n")
    text = run(
        "import", "--interactions", tmp_path / "log.csv", "--items", tmp_path / "shop.csv", "--name", "shop",
        "--map", "user_id=uid", "--map", "timestamp=ts", "--map", "title=name",
    )  # fmt: skip
    assert "Imported shop" in text


def test_bad_rows_are_refused_or_skipped_with_their_reasons(run, write_source, tmp_path):
    source = write_source(users="user_id,gender\nu1,woman\nu2,man\nu2,man\n")
    with pytest.raises(DatasetError, match=r"users.csv, line 4, column user_id: expected each id once"):
        run("import", source.folder, "--name", "small")
    assert not Home(tmp_path / "home").datasets.exists()
    text = run("import", source.folder, "--name", "small", "--skip-bad-rows")
    assert "refused: 1 rows, users.user_id: expected each id once" in text
    assert "rejects.csv" in text


def test_a_name_is_replaced_only_when_told(run, write_source):
    run("import", write_source().folder, "--name", "small")
    other = write_source(interactions="user_id,item_id,timestamp\nu1,i1,1700000100\n").folder
    with pytest.raises(DatasetError, match="other content exists"):
        run("import", other, "--name", "small")
    assert "Imported small" in run("import", other, "--name", "small", "--replace")


def test_an_encoding_can_be_named(run, write_source):
    folder = write_source(items="item_id,title\ni1,Amélie\ni2,b\ni10,c\n".encode("latin-1")).folder
    assert "Imported" in run("import", folder, "--name", "small", "--encoding", "latin-1")
    with pytest.raises(DatasetError, match="no text encoding"):
        run("import", folder, "--name", "other", "--encoding", "klingon")
