"""Check a journal's chain from end to end, and the segments that it names. A broken chain is a result, not an error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from engine.errors import LogError
from engine.home import Home
from engine.records import SegmentRecord
from engine.runlog import chain
from engine.runlog.chain import Entry
from engine.runlog.codec import load
from engine.runlog.segments import segment_fault


class ChainState(StrEnum):
    """What the check of one journal found."""

    OK = "ok"
    TORN_TAIL = "torn tail"  # the last line is unfinished: a write was cut short; every whole record is in order
    EDITED = "edited"
    DROPPED = "dropped"
    REORDERED = "reordered"
    SEGMENT = "segment differs"  # a file whose digest the journal holds is gone or was changed
    HEAD_DIFFERS = "head differs"  # consistent in itself, but not the chain that the given head belongs to


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The result for one journal. `head` and `n_records` are of the part that is in order; `line` is 1-based."""

    run_id: str
    state: ChainState
    detail: str
    n_records: int
    head: str
    line: int | None = None
    n_after_head: int | None = None  # records that follow the given head; None where none was given or it is not there

    @property
    def intact(self) -> bool:
        """Whether no acknowledged record is known to be changed, moved or gone."""
        return self.state in {ChainState.OK, ChainState.TORN_TAIL}


def verify(path: Path, head: str | None = None) -> Verification:
    """Check every byte of a journal, and where `head` is given, that the chain runs through it.

    Without a head kept elsewhere this proves that the records fit together; only with one does it prove that none of
    those up to it is missing, because a chain can be cut at its end or be made anew as a whole.

    Raises:
        LogError: there is no such journal.
    """
    if not path.is_file():
        raise LogError(f"There is no journal {path}. `recaudit runs` lists the runs that there are.")
    last: Entry | None = None
    head_at: int | None = None
    with path.open("rb") as file:
        lines = iter(file.readline, b"")
        for seq, line in enumerate(lines):
            prev = last.hash if last else chain.genesis(path.stem)
            if not line.endswith(b"\n"):
                return _judge(path, last, head, head_at, torn_bytes=len(line))
            entry = chain.unseal(line, last.end if last else 0)
            wrong = chain.fault(line, entry, seq, prev)
            if wrong is not None or entry is None:
                state = ChainState.EDITED if entry is None else _classify(entry, seq, lines)
                return Verification(
                    run_id=path.stem,
                    state=state,
                    detail=f"{state} at line {seq + 1}: {wrong}",
                    n_records=seq,
                    head=prev,
                    line=seq + 1,
                )
            lost = _segment_fault(path, entry)
            if lost is not None:
                return Verification(
                    run_id=path.stem,
                    state=ChainState.SEGMENT,
                    detail=f"{ChainState.SEGMENT} at line {seq + 1}: {lost}",
                    n_records=seq,
                    head=prev,
                    line=seq + 1,
                )
            if entry.hash == head:
                head_at = seq
            last = entry
    return _judge(path, last, head, head_at, torn_bytes=0)


def journals_named(home: Home, names: Sequence[str]) -> list[Path]:
    """Return the journals of runs by id or the beginning of one; no name: all of them. The index is not needed.

    Raises:
        LogError: a name fits no run or several.
    """
    paths = {path.stem: path for path in sorted(home.journals.glob("*.jsonl"))}
    chosen = []
    for name in names:
        fitting = [name] if name in paths else [run_id for run_id in paths if run_id.startswith(name)]
        if len(fitting) != 1:
            wrong = f"is the beginning of {len(fitting)} runs" if fitting else "names no run"
            known = ", ".join(list(fitting or paths)[:10]) or "none yet"
            raise LogError(f"{name!r} {wrong}; expected one of: {known}.")
        chosen.append(paths[fitting[0]])
    return chosen if names else list(paths.values())


def _segment_fault(path: Path, entry: Entry) -> str | None:
    if entry.kind != "segment":
        return None
    record = load(entry.kind, entry.body)
    return segment_fault(Home(path.parent.parent), record) if isinstance(record, SegmentRecord) else None


def _classify(entry: Entry, seq: int, following: Iterator[bytes]) -> ChainState:
    """Name the damage at a line that is sound in itself but does not follow the one before it."""
    if entry.seq == seq:
        return ChainState.EDITED  # the record before it was replaced by one with a hash of its own
    if entry.seq < seq:
        return ChainState.REORDERED
    present = {found.seq for line in following if (found := chain.unseal(line, 0)) is not None}
    return ChainState.REORDERED if present & set(range(seq, entry.seq)) else ChainState.DROPPED


def _judge(path: Path, last: Entry | None, head: str | None, head_at: int | None, torn_bytes: int) -> Verification:
    n_records = last.seq + 1 if last else 0
    state = ChainState.TORN_TAIL if torn_bytes else ChainState.OK
    detail = f"{n_records} records in order"
    if torn_bytes:
        detail += f", then an unfinished line of {torn_bytes} bytes at line {n_records + 1}"
    if head is not None and head_at is None:
        state = ChainState.HEAD_DIFFERS
        detail += f"; the given head {head} is not among them: the journal was cut before it, or made anew"
    elif head is not None and head_at is not None:
        detail += f", {n_records - 1 - head_at} of them after the given head"
    return Verification(
        run_id=path.stem,
        state=state,
        detail=detail,
        n_records=n_records,
        head=last.hash if last else chain.genesis(path.stem),
        line=n_records + 1 if torn_bytes else None,
        n_after_head=n_records - 1 - head_at if head_at is not None else None,
    )
