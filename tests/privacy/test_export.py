"""A pseudonymised export holds nobody's id and nothing that is found, and still joins and audits as before."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

import duckdb
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from dashboard.cli.main import build
from engine.errors import LogError
from engine.privacy.export import ExportOptions, export_pseudonymised
from engine.privacy.export_tables import TABLES
from engine.privacy.people import people_of
from engine.privacy.pseudonyms import Pseudonyms, new_key
from engine.privacy.redactor import Redactor
from engine.runlog.derived import SCHEMAS, write_derived
from engine.runlog.index import RunLog
from engine.runlog.migrate import view_columns
from tests.privacy.planted import NAMES, SECRETS, USERS, planted_home

KEY = b"a key that no one should use"
EVERYONE = ExportOptions(min_people=1)


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    home = planted_home(tmp_path_factory.mktemp("home"))
    log = RunLog(home)
    head = log.query("select head_hash from journals")["head_hash"][0]
    claim = {
        "request_id": f"planted-1:{USERS[0]}", "slot_rank": 1, "claim_index": 0, "origin": "rationale",
        "sentence": f"As {NAMES[0]} liked Emma", "claim_kind": "history", "verdict": "supported",
        "evidence_kind": "history", "evidence": f"{USERS[0]} had Emma",
    }  # fmt: skip
    rows = pa.Table.from_pylist([claim], schema=SCHEMAS["claims"])
    write_derived(home, "claims", "planted-1", rows, producer="a test", journal_head=str(head))
    return log


def export(log, folder, key: bytes = KEY, options: ExportOptions = EVERYONE):
    with log.connect() as connection:
        return export_pseudonymised(connection, folder, Pseudonyms(key), options)


@pytest.fixture(scope="module")
def folder(log, tmp_path_factory):
    return export(log, tmp_path_factory.mktemp("out") / "export").folder


def read(folder, sql: str) -> list[tuple]:
    with duckdb.connect() as connection:
        for table in TABLES:
            path = folder / f"{table.name}.parquet"
            connection.execute(f"create view {table.name} as select * from read_parquet('{path}')")
        return connection.execute(sql).fetchall()


def whole_text(folder) -> str:
    rows = []
    for path in folder.glob("*.parquet"):
        with duckdb.connect() as connection:
            rows += connection.execute(f"select * from read_parquet('{path}')").fetchall()
    return repr(rows) + (folder / "manifest.json").read_text(encoding="utf-8")


def test_the_log_itself_holds_every_secret(log):
    """Else the next test could not fail."""
    with log.connect() as connection:
        text = repr([connection.execute(f"select * from {table.name}").fetchall() for table in TABLES])
    assert not [secret for secret in SECRETS if secret not in text]


def test_no_id_and_nothing_found_is_left(folder):
    text = whole_text(folder)
    assert not [secret for secret in SECRETS if secret.lower() in text.lower()]
    assert not [secret for secret in SECRETS if json.dumps(secret)[1:-1] in text]
    raw = b"".join(path.read_bytes() for path in folder.iterdir())
    assert not [secret for secret in SECRETS if secret.encode() in raw]


def test_what_is_public_stays(folder):
    assert read(folder, "select title, description from items order by item_id")[0] == ("Alien", "Call 212-555-9999")
    assert read(folder, "select label from item_labels where kind = 'creator' order by label")[0] == ("Jane Austen",)


def test_people_are_the_same_everywhere(folder):
    pseudonyms = {Pseudonyms(KEY).user(user) for user in USERS}
    for table in ("users", "interactions", "requests", "slots", "user_attributes"):
        assert {row[0] for row in read(folder, f"select distinct user_id from {table}")} == pseudonyms
    told = read(
        folder, "select g.gen_ai_input_messages, q.user_id from requests q join generations g using (request_id)"
    )
    assert len(told) == 3
    assert sum(user in text for text, user in told) == 2, "a prompt that named its user names the pseudonym"


def test_tables_still_join(log, folder):
    with log.connect() as connection:
        for table in TABLES:
            (n,) = connection.execute(f"select count(*) from {table.name}").fetchall()[0]
            assert read(folder, f"select count(*) from {table.name}")[0][0] == n, table.name
            types = f"select column_name, column_type from (describe {table.name})"
            assert read(folder, types) == connection.execute(types).fetchall()
    sql = "select count(*) from slots s join requests q using (run_id, request_id, user_id)"
    assert read(folder, sql)[0][0] == read(folder, "select count(*) from slots")[0][0] == 6


def test_every_view_of_people_is_exported_or_made_of_exported_ones():
    derived = {"histories", "targets", "training_interactions", "journals", "derived", "recorded_slots"}
    assert {row.view for row in view_columns()} - derived == {table.name for table in TABLES}


def test_nothing_that_is_made_of_a_user_id_can_be_tried_out(folder):
    """Seeds, candidates, plan digests, numbers and the order of requests follow from user ids without any key."""
    assert read(folder, "select distinct seed, candidates_json from requests") == [(None, None)]
    assert read(folder, "select distinct gen_ai_request_seed from generations") == [(None,)]
    assert read(folder, "select plan_digest from runs") == [(None,)]
    ids = [row[0] for row in read(folder, "select request_id from requests order by request_index")]
    assert ids == sorted(ids)
    users = read(folder, "select user_id, user_number from users")
    assert users == sorted(users)
    assert [number for _, number in users] == [1, 2, 3]
    assert [user for user, _ in users] != [Pseudonyms(KEY).user(user) for user in sorted(USERS)], "else nothing is seen"
    for table in ("user_attributes", "interactions", "requests"):
        assert set(read(folder, f"select user_id, user_number from {table}")) == set(users)


def test_no_column_of_numbers_is_exported_unseen():
    """Numbers may be places among ids: who adds one says here that the export replaces it, or that it tells nothing."""
    replaced, of_the_catalogue = {"user_number"}, {"item_number"}
    exported = {row.column for row in view_columns() if row.view in {table.name for table in TABLES}}
    assert {name for name in exported if name.endswith("_number")} == replaced | of_the_catalogue


def test_the_same_key_gives_the_same_pseudonyms_and_another_key_others(log, folder, tmp_path):
    again = export(log, tmp_path / "again").folder
    assert read(again, "select * from requests") == read(folder, "select * from requests")
    other = export(log, tmp_path / "other", key=b"another key, just as long").folder
    users = [{row[0] for row in read(at, "select user_id from users")} for at in (folder, other)]
    assert not users[0] & users[1]
    marks = [json.loads((at / "manifest.json").read_text())["key_mark"] for at in (folder, again, other)]
    assert marks[0] == marks[1] != marks[2]


def test_pseudonyms_are_no_plain_hashes():
    assert hashlib.sha256(b"cust-00042").hexdigest()[:24] not in Pseudonyms(KEY).user("cust-00042")
    assert Pseudonyms(KEY).request("a", "bc") != Pseudonyms(KEY).request("ab", "c")


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ('{"user_id": "42", "k": 42}', '{"user_id": "%s", "k": 42}'),
        ('{"userId": 42}', '{"userId": "%s"}'),
        ('{"users": ["42", "43"], "k": ["42"]}', '{"users": ["%s", "43"], "k": ["42"]}'),
        (
            '{"customer": {"id": "42", "age": 42}, "item_id": "42"}',
            '{"customer": {"id": "%s", "age": 42}, "item_id": "42"}',
        ),
        ('{"id": "42", "items": ["42"]}', None),
        ('{"said": "for user 42, item 42"}', '{"said": "for user %s, item 42"}'),
    ],
)
def test_a_short_id_in_json_is_told_by_the_field_that_it_stands_in(said, left):
    counts: Counter[str] = Counter()
    redactor = Redactor(people_of(["42"], [], []), Pseudonyms(KEY), counts)
    assert redactor.json(said) == (said if left is None else left % Pseudonyms(KEY).user("42"))
    assert counts["user_id"] == int(left is not None)


def test_times_move_together_by_user(log, folder, tmp_path):
    moved = export(log, tmp_path / "moved", options=ExportOptions(min_people=1, shift_days=90)).folder
    sql = "select user_id, epoch(interacted_at) from interactions order by user_id, position"
    shifts: dict[str, set[float]] = {}
    for (user, before), (_, after) in zip(read(folder, sql), read(moved, sql), strict=True):
        shifts.setdefault(user, set()).add(after - before)
    assert all(len(own) == 1 for own in shifts.values()), "what a user did keeps its order and its gaps"
    assert len({next(iter(own)) for own in shifts.values()}) == 3
    assert all(abs(next(iter(own))) <= 90 * 86_400 for own in shifts.values())
    cut = "select user_id, epoch(cutoff_at), epoch(recorded_at) from requests order by user_id"
    for (user, *before), (_, *after) in zip(read(folder, cut), read(moved, cut), strict=True):
        assert {a - b for a, b in zip(after, before, strict=True)} == shifts[user]


def test_attribute_values_of_few_people_and_names_are_left_out(log, tmp_path, folder):
    assert {row[0] for row in read(folder, "select attribute_value from user_attributes where attribute = 'name'")} == {
        None
    }
    few = export(log, tmp_path / "few", options=ExportOptions(min_people=2))
    values = read(
        few.folder, "select attribute_value, count(*) from user_attributes where attribute = 'gender' group by 1"
    )
    assert set(values) == {("f", 2), (None, 1)}
    assert few.n_values_left_out == 4


def test_replacements_are_counted(log, tmp_path):
    made = export(log, tmp_path / "counted")
    assert made.replaced["iban"] == 1
    assert made.replaced["card"] == 1
    assert {"email", "name", "phone", "ip", "user_id"} <= set(made.replaced)
    assert json.loads((made.folder / "manifest.json").read_text())["replaced_in_texts"] == made.replaced


def test_nothing_is_overwritten_and_nothing_half_written_stays(log, tmp_path, monkeypatch):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(LogError, match="exists already"):
        export(log, tmp_path / "full")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(LogError, match="exists already"):
        export(log, tmp_path / "file")
    monkeypatch.setattr("engine.privacy.export._Export.manifest", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export(log, tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "full"]


def test_what_cannot_be_exported_is_said(log, tmp_path):
    with pytest.raises(LogError, match="No run nowhere"):
        export(log, tmp_path / "a", options=ExportOptions(run_ids=("nowhere",)))
    with pytest.raises(LogError, match="at least 16 bytes"):
        Pseudonyms(b"short")
    with pytest.raises(LogError, match="shift days"):
        ExportOptions(shift_days=-1)
    assert len(bytes.fromhex(new_key())) == 32
    assert new_key() != new_key()


def recaudit(log, monkeypatch, *arguments: str):
    monkeypatch.setenv("RECAUDIT_HOME", str(log.home.root))
    return CliRunner().invoke(build(), ["log", "export", *arguments])


def test_the_command_makes_a_key_and_tells_it_once(log, tmp_path, monkeypatch):
    made = recaudit(log, monkeypatch, str(tmp_path / "out"), "--pseudonymised")
    assert made.exit_code == 0
    key = made.output.strip().splitlines()[-1]
    assert read(tmp_path / "out", "select min(user_id) from users")[0][0] in {
        Pseudonyms(key.encode()).user(user) for user in USERS
    }
    assert key not in whole_text(tmp_path / "out")
    (tmp_path / "key").write_text(key + "\n")
    again = recaudit(log, monkeypatch, str(tmp_path / "again"), "--pseudonymised", "--key-file", str(tmp_path / "key"))
    assert key not in again.output
    assert read(tmp_path / "again", "select * from users") == read(tmp_path / "out", "select * from users")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "add --pseudonymised"), (("--pseudonymised", "--key-file", "nowhere"), "cannot be read"),
        (("--pseudonymised", "--run", "nowhere"), "names no run"), (("--pseudonymised", "--min-people", "0"), "from 1"),
    ],
)  # fmt: skip
def test_the_command_says_what_is_wrong(log, tmp_path, monkeypatch, arguments, said):
    made = recaudit(log, monkeypatch, str(tmp_path / "out"), *arguments)
    assert said in str(made.exception)
    assert not (tmp_path / "out").exists()
