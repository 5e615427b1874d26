"""Logs from elsewhere: every format and mapping, bad rows by line and reason, kills, and the outcomes of own runs."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from runlog_datasets import dataset, store
from test_ingest import rebuilt, tables

from engine.errors import LogError
from engine.grounding import Grounder
from engine.home import Home
from engine.outcomes import slots_for
from engine.records import Interaction, Match, MatchKind, Outcome, Paradigm, Recommendation, Request, Response, User
from engine.runlog import ingest_step
from engine.runlog.index import RunLog
from engine.runlog.journal import journal_path
from engine.runlog.outside import importing, reading
from engine.runlog.outside.fields import parse_pairs, settle_mapping
from engine.runlog.outside.importing import ImportPlan, import_run, mapping_of
from engine.runlog.outside.reading import Form
from engine.runlog.segments import segment_path
from engine.runlog.verify import ChainState, verify

HISTORY = {"u1": ("i1", "i2", "i1", "i3"), "u2": ("i4",), "u3": ()}  # under leave-last-out:1


@pytest.fixture
def shop(home):
    store(home, dataset())
    return home


def written(folder, content, name="lists.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def bring(home, *paths, **changes):
    return import_run(home, ImportPlan(**{"files": paths, "dataset": "tiny", "name": "live", **changes}))


def slots(home):
    rows = RunLog(home).query(
        "select user_id, slot_rank, outcome, outcome_detail, raw_text, item_id from slots "
        "order by request_id, slot_rank"
    )
    return [tuple(None if value != value else value for value in row) for row in rows.itertuples(index=False)]


def rejected(home, made):
    lines = made.rejects.read_text(encoding="utf-8").splitlines() if made.rejects else []
    return [(row["line"], row["reason"]) for row in map(json.loads, lines)]


CSV = "user_id,rank,item_id,score\nu1,1,i4,0.9\nu1,2,i1,0.8\nu1,3,x9,0.7\nu2,1,i2,0.5\nu2,3,i2,0.1\n"
SLOTS = [
    ("u1", 1, "delivered", "", "i4", "i4"),
    ("u1", 2, "already_consumed", "", "i1", "i1"),
    ("u1", 3, "out_of_catalogue", "unknown id", "x9", None),
    ("u2", 1, "delivered", "", "i2", "i2"),
    ("u2", 2, "missing", "", None, None),
    ("u2", 3, "duplicate", "", "i2", "i2"),
]


def test_a_csv_becomes_a_run_like_any_other(shop, tmp_path):
    made = bring(shop, written(tmp_path, CSV))
    assert (made.counts.read, made.counts.taken, made.counts.refused, made.k) == (5, 5, 0, 3)
    assert made.n_users_without_list == 1  # u3
    assert slots(shop) == SLOTS
    log = RunLog(shop)
    found = log.run("live")
    assert (found.status, found.n_planned, found.n_answered, found.protocol) == (
        "finished", 2, 2, "leave-last-out 1, full",
    )  # fmt: skip
    request = log.query("select * from requests where user_id = 'u1'").iloc[0]
    assert (request["n_history"], request["n_holdout"], request["request_id"]) == (4, 1, f"{made.run_id}:000000")
    first = log.query("select score, match_kind, match_score from slots where slot_rank = 1 order by user_id")
    assert first.values.tolist() == [
        [0.9, "identifier", 1.0], [0.5, "identifier", 1.0],
    ]  # fmt: skip
    config = json.loads(log.query("select config_json from runs")["config_json"][0])["imported"]
    assert config["rows"] == {"read": 5, "taken": 5, "beyond_k": 0, "refused": 0}
    assert config["files"][0]["name"] == "lists.csv"
    assert verify(journal_path(shop, made.run_id)).state is ChainState.OK
    assert not list(shop.cache.glob("import-*"))


@pytest.mark.parametrize("kind", ["jsonl", "parquet", "lists.jsonl", "lists.parquet", "no header", "tab", "floats"])
def test_every_form_gives_the_same_slots(shop, tmp_path, kind):
    rows = [line.split(",") for line in CSV.splitlines()[1:]]
    columns = {"user_id": [r[0] for r in rows], "rank": [int(r[1]) for r in rows], "item_id": [r[2] for r in rows]}
    form, mapping = Form(), {}
    if kind == "jsonl":
        text = "\n".join(json.dumps({name: values[i] for name, values in columns.items()}) for i in range(5))
        path = written(tmp_path, text, "a.jsonl")
    elif kind == "parquet":
        path = tmp_path / "a.parquet"
        pq.write_table(pa.table(columns), path)
    elif kind in {"lists.jsonl", "lists.parquet"}:
        lists = {"user": ["u1", "u2"], "items": [["i4", "i1", "x9"], ["i2", None, "i2"]], "scores": [[3, 2, 1], None]}
        path = tmp_path / f"a.{kind.rpartition('.')[2]}"
        if kind == "lists.parquet":
            pq.write_table(pa.table(lists), path)
        else:
            path.write_text("\n".join(json.dumps({n: v[i] for n, v in lists.items()}) for i in range(2)))
    elif kind == "no header":
        path, form = (
            written(tmp_path, CSV.partition("\n")[2]),
            Form(has_header=False, columns=("user", "rank", "item", "-")),
        )
    elif kind == "tab":
        text = CSV.replace(",", "\t").replace("user_id", "who").replace("item_id", "what")
        path, mapping = written(tmp_path, text, "a.tsv"), parse_pairs(["who=user", "what=item"])
    else:
        path = tmp_path / "a.parquet"
        pq.write_table(pa.table({**columns, "rank": [float(rank) for rank in columns["rank"]]}), path)
    made = bring(shop, path, form=form, mapping=mapping)
    assert slots(shop) == SLOTS
    assert made.counts.refused == (1 if kind.startswith("lists") else 0)  # a list's empty place names nothing


def test_titles_are_grounded_and_their_kinds_told(shop, tmp_path):
    text = "user,rank,text,reason\nu2,1,1. Alien (1979),You like space.\n"
    text += "u2,2,Alienz,\nu2,3,The Dune saga,\nu2,4,Solaris,\n"
    made = bring(shop, written(tmp_path, text))
    assert made.mapping == {"user": "user", "rank": "rank", "raw_text": "text", "rationale": "reason"}
    found = slots(shop)
    assert found[0] == ("u2", 1, "delivered", "", "1. Alien (1979)", "i1")
    assert [(row[2], row[3].partition(":")[0]) for row in found[2:]] == [
        ("out_of_catalogue", "series"), ("out_of_catalogue", "fabricated"),
    ]  # fmt: skip
    reasons = RunLog(shop).query("select slot_rank, item_id, rationale from rationales").values.tolist()
    assert reasons == [[1, "i1", "You like space."]]
    assert RunLog(shop).query("select paradigm from runs")["paradigm"][0] == "GR"


def test_raw_answers_are_parsed_grounded_and_kept(shop, tmp_path):
    answers = [
        {
            "user_id": "u1",
            "response": "Here you are:\n1. Emma\n2. Alien\n3. Emma\n4. ?",
            "prompt": "Films?",
            "model": "m-1",
        },
        {"user_id": "u2", "response": "", "prompt": "Films?", "model": "m-1"},
        {"user_id": "u3", "response": "1. Kid A ␚\x00", "prompt": None, "model": "m-1", "latency": 12.5},
    ]
    text = "\n".join(map(json.dumps, answers))
    made = bring(shop, written(tmp_path, text, "a.jsonl"), mapping={"response": "answer"}, k=4)
    assert (made.counts.read, made.counts.taken, made.n_lists) == (3, 3, 3)
    outcomes = [row[2] for row in slots(shop)]
    assert outcomes[:4] == ["delivered", "already_consumed", "duplicate", "unparseable"]
    assert outcomes[4:8] == ["missing"] * 4
    log = RunLog(shop)
    calls = log.query("select * from generations order by request_id")
    assert calls["gen_ai_output_text"].tolist() == [answers[0]["response"], "", "1. Kid A ␚241a␚0000"]
    assert json.loads(calls["gen_ai_input_messages"][0]) == [{"role": "user", "content": "Films?"}]
    assert calls["gen_ai_request_temperature"].isna().all()
    assert log.query("select prompt, latency_ms from requests order by request_id")["latency_ms"].tolist()[2] == 12.5
    assert log.query("select model_name from runs")["model_name"][0] == "m-1"


def test_bad_rows_are_refused_and_the_good_ones_stay(shop, tmp_path):
    rows = [
        "user_id,rank,item_id,score,time",
        "u1,1,i4,0.9,2026-01-01T10:00:00Z",
        "nobody,1,i4,0.9,",  # line 3
        "u1,two,i4,0.9,",
        "u1,-1,i4,0.9,",
        "u1,1,i3,0.9,",  # line 6: rank 1 again
        "u1,2,,0.9,",
        "u1,2,i3,high,",  # line 8
        "u1,2,i3,nan,",  # kept, its score is unknown
        "u1,3",
        "u2,1,i2,0.1,yesterday",  # line 11
        ",1,i2,0.1,",
        'u2,1,"i\n2",0.1,',  # lines 13 and 14: an id with a line end, unknown
        "u2,0,i2,0.1,",  # line 15
        "u2,2,i\xff2,0.1,",
        "",
        "u3,1,i1,inf,",
    ]
    made = bring(shop, written(tmp_path, "\n".join(rows).encode("latin-1")))
    assert made.counts.read == made.counts.taken + made.counts.refused == 15
    assert rejected(shop, made) == [
        (3, "expected a user of the dataset"),
        (4, "expected a rank, a whole number from 1"),
        (5, "expected a rank, a whole number from 1"),
        (6, "this rank of the list was given before, on line 2"),
        (7, "expected an item or a text"),
        (8, "expected a score, a number"),
        (10, "expected 5 columns"),
        (11, "expected a time as ISO 8601, as in most rows"),
        (12, "expected a user"),
        (15, "expected a rank, a whole number from 1"),
        (16, "expected text in UTF-8 (name another encoding with --encoding)"),
    ]
    assert made.notes == ("2 scores of lists.csv are no finite number: kept as unknown",)
    kept = [(row[0], row[1], row[4]) for row in slots(shop) if row[2] != "missing"]
    assert kept == [("u1", 1, "i4"), ("u1", 2, "i3"), ("u2", 1, "i\n2"), ("u3", 1, "i1")]
    assert RunLog(shop).query("select score from slots where slot_rank = 2 and user_id = 'u1'")["score"].isna().all()
    assert (
        str(RunLog(shop).query("select recorded_at from requests order by 1")["recorded_at"][0])
        == "2026-01-01 10:00:00"
    )


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "a.csv", "is empty"),
        (b"user,item\n", "a.csv", "no rows"),
        (b"user,rank\nu1,1\n", "a.csv", "no column is known to hold items"),
        (b"who,item\nu1,i1\n", "a.csv", "--map COLUMN=user. The file has who, item"),
        (b"user,item\nx,i1\n", "a.csv", r"1 rows were refused \(a.csv, line 2: expected a user of the dataset\)"),
        (b'user,item\nu1,"i1\nu2,i2\n', "a.csv", "quotation mark is open to the end"),
        (b'user,item\n"u1,i1\nu2,i2\n', "a.csv", "quotation mark is open to the end"),
        ("user,item\nu1,i1\n".encode("utf-16"), "a.csv", "name it with --encoding utf-16"),
        (b"user,user\nu1,i1\n", "a.csv", "each once"),
        (b"not json\n", "a.jsonl", "no column is known to hold the user"),
        (b"no Parquet", "a.parquet", "cannot be read as Parquet"),
        (b"x", "a.xlsx", "expected .jsonl, .csv, .tsv or .parquet"),
    ],
)
def test_what_cannot_be_imported_says_why_and_leaves_nothing(shop, tmp_path, content, name, said):
    with pytest.raises(LogError, match=said):
        bring(shop, written(tmp_path, content, name))
    assert RunLog(shop).runs() == []
    assert not list(shop.journals.glob("*")) if shop.journals.exists() else True
    assert not list(shop.segments.glob("*")) if shop.segments.exists() else True


def test_a_wrong_mapping_is_refused(shop, tmp_path):
    path = written(tmp_path, CSV)
    for mapping, said in (
        ({"nothing": "user"}, "has no column 'nothing'; it has user_id, rank"),
        ({"user_id": "person"}, "no field 'person'; fields are user, request"),
        ({"user_id": "user", "score": "user"}, "given two columns"),
    ):
        with pytest.raises(LogError, match=said):
            bring(shop, path, mapping=mapping)
    with pytest.raises(LogError, match="expected column=field"):
        parse_pairs(["user"])
    assert settle_mapping(("uid", "thing"), {"item": "thing"}, "f") == {"item": "thing", "user": "uid"}  # swapped


def test_ranks_from_zero_and_ranks_of_the_file(shop, tmp_path):
    made = bring(shop, written(tmp_path, "user,rank,item\nu2,0,i1\nu2,1,i2\nu1,0,i4\n"))
    assert [(row[0], row[1], row[5]) for row in slots(shop)] == [
        ("u2", 1, "i1"),
        ("u2", 2, "i2"),
        ("u1", 1, "i4"),
        ("u1", 2, None),
    ]
    assert "counted from 1" in made.notes[0]
    bring(shop, written(tmp_path, "user,item\nu2,i3\nu3,i3\nu2,i1\n", "b.csv"), name="order")
    ranks = RunLog(shop).query(
        "select user_id, slot_rank, item_id from slots join runs using (run_id) "
        "where label = 'order' and item_id is not null order by request_id, slot_rank"
    )
    assert ranks.values.tolist() == [["u2", 1, "i3"], ["u2", 2, "i1"], ["u3", 1, "i3"]]


def test_lists_of_one_user_are_told_apart_by_a_request(shop, tmp_path):
    text = "user,session,rank,item\nu2,a,1,i1\nu2,b,1,i2\nu2,a,2,i3\n"
    assert bring(shop, written(tmp_path, text)).counts.refused == 1  # one list: rank 1 comes twice
    made = bring(shop, written(tmp_path, text), name="sessions", mapping={"session": "request"})
    assert (made.counts.refused, made.n_lists) == (0, 2)
    rows = RunLog(shop).query(
        "select request_index, repeat_index from requests where run_id = ? order by 1", [made.run_id]
    )
    assert rows.values.tolist() == [[0, 0], [1, 1]]


def test_places_beyond_k_are_counted_and_left_out(shop, tmp_path):
    made = bring(shop, written(tmp_path, CSV), k=2)
    assert made.counts.read == made.counts.taken + made.counts.beyond_k == 5
    assert made.counts.beyond_k == 2
    assert [row[:3] for row in slots(shop)] == [row[:3] for row in SLOTS if row[1] <= 2]


def test_several_files_are_one_run(shop, tmp_path):
    first = written(tmp_path, "user,rank,item\nu1,1,i4\nzz,1,i4\n")
    second = written(tmp_path, "user,rank,item\nu2,1,i2\nu1,1,i3\n", "b.csv")
    made = bring(shop, first, second)
    lines = [json.loads(line) for line in made.rejects.read_text().splitlines()]
    assert [(row["file"], row["line"]) for row in lines] == [("b.csv", 3), ("lists.csv", 3)]
    assert len(slots(shop)) == 2
    with pytest.raises(LogError, match=r"other\.csv lacks the columns rank"):
        bring(shop, first, written(tmp_path, "user,item\nu2,i2\n", "other.csv"), name="two")


def test_the_same_import_again_does_nothing(shop, tmp_path):
    path = written(tmp_path, CSV)
    first = bring(shop, path)
    before = tables(RunLog(shop))
    again = bring(shop, path)
    assert (again.run_id, again.reused) == (first.run_id, True)
    assert tables(RunLog(shop)) == before
    path.write_text(CSV + "u3,1,i1,0.1\n")
    assert bring(shop, path).run_id != first.run_id


def test_a_dry_run_keeps_nothing(shop, tmp_path):
    path = written(tmp_path, CSV)
    made = import_run(shop, ImportPlan(files=(path,), dataset="tiny", name="live"), dry_run=True)
    assert made.counts.taken == 5
    assert made.preview[1][0][:3] == ("u1", 1, "i4")
    assert RunLog(shop).runs() == []


def test_a_rebuild_restores_imported_rows(shop, tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "_LISTS_IN_SEGMENT", 1)
    made = bring(shop, written(tmp_path, CSV + "u3,1,i1,0.3\n"))
    assert len(list(shop.segments.glob("*.parquet"))) == 6  # three requests, three times their slots
    before = tables(RunLog(shop))
    assert len(before["slots"]) == 9
    assert before == rebuilt(RunLog(shop))
    numbers = RunLog(shop).query(
        "select s.request_index, q.request_index, s.item_number, i.item_number, q.user_number, u.user_number "
        "from recorded_slots s join requests q using (run_id, request_id) left join items i using (item_id) "
        "join users u using (user_id)"
    )
    assert len(numbers) == 9
    assert numbers.iloc[:, 2].notna().any()
    for mine, theirs in ((0, 1), (2, 3), (4, 5)):
        assert numbers.iloc[:, mine].equals(numbers.iloc[:, theirs])
    assert verify(journal_path(shop, made.run_id)).n_records == 8


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_segment_that_is_not_what_was_recorded_is_found(shop, tmp_path, damage):
    made = bring(shop, written(tmp_path, CSV))
    intact = tables(RunLog(shop))
    path = next(p for p in shop.segments.glob("*.parquet") if "outcome" in pq.read_schema(p).names)
    kept = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        rows = pq.read_table(path)
        pq.write_table(rows.set_column(5, "item_id", pa.array(["i1"] * 6)), path)
    found = verify(journal_path(shop, made.run_id))
    assert (found.state, found.intact) == (ChainState.SEGMENT, False)
    log = RunLog(shop)
    log.rebuild()
    assert "segment" in log.status().problems[0]
    assert log.query("select count(*) as n from slots")["n"][0] == 0
    path.unlink(missing_ok=True)
    path.with_suffix(".part").write_bytes(kept)
    path.with_suffix(".part").replace(path)
    mended = tables(RunLog(shop))
    assert {name: mended[name] for name in ("requests", "slots", "runs")} == {
        name: intact[name] for name in ("requests", "slots", "runs")
    }


def test_a_crash_while_rows_go_into_the_index_takes_none_twice(shop, tmp_path, monkeypatch):
    bring(shop, written(tmp_path, CSV))
    real, calls = ingest_step.insert_segment, []

    def crash(*arguments):
        real(*arguments)
        calls.append(arguments)
        if len(calls) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(ingest_step, "insert_segment", crash)
    with pytest.raises(KeyboardInterrupt):
        RunLog(shop).catch_up()
    assert slots(shop) == SLOTS


KILLED = """
import os, signal, sys
from pathlib import Path
from engine.home import Home
from engine.runlog.outside import importing, stage
where = sys.argv[3]
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
if where == "reading":
    stage.Stage.settle = die
elif where == "writing":
    importing._Import._keep_rejects = die
else:
    Path.rename = die
plan = importing.ImportPlan(files=(Path(sys.argv[2]),), dataset="tiny", name="live")
importing.import_run(Home(Path(sys.argv[1])), plan)
"""


@pytest.mark.parametrize("where", ["reading", "writing", "publishing"])
def test_a_killed_import_leaves_nothing_half_done(shop, tmp_path, where):
    path = written(tmp_path, CSV)
    env = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    dead = subprocess.run([sys.executable, "-c", KILLED, str(shop.root), str(path), where], check=False, env=env)
    assert dead.returncode == -signal.SIGKILL
    assert RunLog(shop).runs() == []
    assert not bring(shop, path).reused
    assert slots(shop) == SLOTS
    for left in (*shop.cache.glob("import-*"), *shop.journals.glob(".importing-*")):
        os.utime(left, (0, 0))
    bring(shop, path, name="another")
    assert not list(shop.cache.glob("import-*"))
    assert not list(shop.journals.glob(".importing-*"))


ITEMS = st.sampled_from(["i1", "i2", "i3", "i4", "x1"])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lists=st.dictionaries(
        st.sampled_from(["u1", "u2", "u3"]), st.dictionaries(st.integers(1, 6), ITEMS, min_size=1), min_size=1
    )
)
def test_outcomes_are_those_of_own_runs(tmp_path_factory, lists):
    """Compare the SQL with engine/outcomes.py."""
    folder = tmp_path_factory.mktemp("same")
    home = Home(folder / "home")
    made = dataset()
    store(home, made)
    rows = [f"{user},{rank},{item}" for user, places in lists.items() for rank, item in places.items()]
    bring(home, written(folder, "user,rank,item\n" + "\n".join(rows)), k=5)
    grounder = Grounder(made.items_by_id)
    expected = {}
    for user, places in lists.items():
        history = tuple(Interaction(item_id=item, timestamp=0) for item in HISTORY[user])
        request = Request(request_id=user, user=User(user_id=user), history=history, cutoff=1, k=5)
        given_ = tuple(
            Recommendation(
                rank=rank,
                raw_text=item,
                match=Match(item_id=item, kind=MatchKind.IDENTIFIER) if item in grounder.items else None,
            )
            for rank, item in places.items()
        )
        decided = slots_for(request, Response(request_id=user, recommendations=given_), grounder, by_id=True)
        expected |= {(user, slot.rank): (str(slot.outcome), slot.detail) for slot in decided}
    assert {row[:2]: row[2:4] for row in slots(home)} == expected
    assert {outcome for outcome, _ in expected.values()} <= {str(outcome) for outcome in Outcome}


def test_large_files_come_in_pieces(shop, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "_BATCH_ROWS", 7)
    monkeypatch.setattr(reading, "_BLOCK", 64)
    rows = [{"user": f"u{1 + i % 3}", "rank": 1 + i // 3, "item": f"i{1 + i % 4}"} for i in range(60)]
    rows[40]["user"] = "zz"
    paths = [tmp_path / "a.parquet", tmp_path / "b.csv"]
    pq.write_table(pa.Table.from_pylist(rows), paths[0])
    paths[1].write_text("user,rank,item\n" + "".join(f"{r['user']},{r['rank']},{r['item']}\n" for r in rows))
    for path, line in zip(paths, (41, 42), strict=True):
        made = bring(shop, path, name=path.stem)
        assert rejected(shop, made) == [(line, "expected a user of the dataset")]
        assert (made.counts.read, made.n_lists, made.k) == (60, 3, 20)


def test_line_numbers_hold_through_values_with_line_ends(shop, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "_BLOCK", 128)
    rows, line, bad = ["user,answer"], 2, []
    for i in range(40):
        user = "zz" if i % 7 == 3 else f"u{1 + i % 3}"
        if i % 11 == 5:
            rows.append("u1,one,too many")
            bad.append(line)
            line += 1
            continue
        rows.append(f'{user},"1. Emma\n2. Alien {i}"')
        if user == "zz":
            bad.append(line)
        line += 2
    text = "user,answer,session\n" + "".join(f"{row},s{i}\n" for i, row in enumerate(rows[1:]))
    made = bring(shop, written(tmp_path, text), mapping={"session": "request"})
    assert [line for line, _ in rejected(shop, made)] == bad


def test_paradigm_model_and_label_are_taken_over(shop, tmp_path):
    made = bring(shop, written(tmp_path, CSV), paradigm=Paradigm.DMI, model="m", label="Live system", k=3)
    row = RunLog(shop).query("select label, paradigm, model_name, k from runs").iloc[0]
    assert row.tolist() == ["Live system", "DMI", "m", 3]
    assert made.run_id.startswith("live-")
    with pytest.raises(LogError, match="cannot name a run"):
        bring(shop, written(tmp_path, CSV), name="!!")
    with pytest.raises(LogError, match="k must lie between"):
        bring(shop, written(tmp_path, CSV), k=0)
    assert mapping_of(ImportPlan(files=(tmp_path / "lists.csv",), dataset="tiny", name="x"))["item"] == "item_id"
    assert segment_path(shop, "d").name == "d.parquet"
