"""The record of truth: one append-only, hash-chained file a run. Not here: what is in the records (codec), the index.

A record that `append` returned for is on the disk. A killed writer leaves at most one unfinished last line.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import sys
import time
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType

from engine.errors import LogError
from engine.home import Home
from engine.records import RunManifest
from engine.runlog import chain
from engine.runlog.chain import Entry, JournalDamaged
from engine.runlog.codec import JournalRecord, dump, kind_of, load

_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_LOCK_PATIENCE_SECONDS = 0.5  # `is_active` holds the lock for an instant: that is not another writer


def journal_path(home: Home, run_id: str) -> Path:
    """Return where a run's journal stands.

    Raises:
        ValueError: the id cannot name a file.
    """
    if not _RUN_ID.fullmatch(run_id):
        raise ValueError(f"{run_id!r} cannot name a run: expected letters, digits, '.', '_' and '-', at most 128")
    return home.journals / f"{run_id}.jsonl"


def read_journal(path: Path, offset: int = 0, *, seq: int = 0, prev: str | None = None) -> Iterator[Entry]:
    """Yield the whole records from `offset` on, checking the chain; an unfinished last line ends it quietly.

    `seq` and `prev` are the number of the first record expected there and the hash of the one before it; they are known
    at the start of a file and must be given anywhere else.

    Raises:
        JournalDamaged: a record was edited, dropped or moved.
        ValueError: `prev` is missing.
    """
    if prev is None:
        if offset:
            raise ValueError("prev is needed to read from the middle of a journal")
        prev = chain.genesis(path.stem)
    with path.open("rb") as file:
        file.seek(offset)
        while (line := file.readline()).endswith(b"\n"):
            entry = chain.unseal(line, offset)
            wrong = chain.fault(line, entry, seq, prev)
            if wrong is not None or entry is None:
                raise JournalDamaged(
                    f"Line {seq + 1} of {path} is damaged: {wrong}. Run `recaudit verify {path.stem}` for the whole "
                    "picture, and put back a copy of the file that verifies.",
                    line=seq + 1,
                )
            yield entry
            offset, seq, prev = entry.end, seq + 1, entry.hash


def read_records(path: Path) -> Iterator[JournalRecord]:
    """Yield a journal's records from the first on.

    Raises:
        LogError: the chain is broken, or a record is of a kind or form that this version does not know.
    """
    for entry in read_journal(path):
        yield load(entry.kind, entry.body)


def is_active(path: Path) -> bool:
    """Return whether a process has the journal open for writing; a killed one has not, whatever killed it."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


class JournalWriter:
    """Append records to a run's journal, new or to be resumed, as the only writer.

    Opening verifies the chain and cuts an unfinished last line (`n_cut_bytes`), and nothing else. `n_records` and
    `head` (the hash of the last record) describe what is there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.run_id = path.stem
        self.n_records = 0
        self.n_cut_bytes = 0
        self.head = chain.genesis(self.run_id)
        self._size = 0
        self._descriptor: int | None = None

    def __enter__(self) -> JournalWriter:
        """Open, lock and verify.

        Raises:
            JournalDamaged: the chain is broken.
            LogError: another process is writing this run.
        """
        is_new = not self.path.exists()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            _lock(descriptor, self.path)
            for entry in read_journal(self.path):
                self.n_records, self.head, self._size = entry.seq + 1, entry.hash, entry.end
            self.n_cut_bytes = os.fstat(descriptor).st_size - self._size
            if self.n_cut_bytes:
                os.ftruncate(descriptor, self._size)
                os.fsync(descriptor)
            if is_new:
                _sync_folders(self.path.parent)
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        _OPEN.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def is_open(self) -> bool:
        """Whether records can be appended; after a write that failed they cannot."""
        return self._descriptor is not None

    def close(self) -> None:
        """Give up the lock; nothing is left to be written."""
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = None

    def append(self, records: Sequence[JournalRecord]) -> None:
        """Write a batch with one write and wait until it is on the disk. All of it or, after an error, none of it.

        Raises:
            LogError: the disk is full or failing, or a record has no JSON form.
            ValueError: the journal is not open, or its first record is not the plan of this run.
        """
        if self._descriptor is None:
            raise ValueError(f"the journal {self.path} is not open")
        lines, head = [], self.head
        for seq, record in enumerate(records, start=self.n_records):
            self._check_place(seq, record)
            line, head = chain.seal(seq, kind_of(record), dump(record), head)
            lines.append(line)
        if lines:
            self._write(self._descriptor, b"".join(lines))
        self.n_records, self.head = self.n_records + len(lines), head

    def _check_place(self, seq: int, record: JournalRecord) -> None:
        is_plan = isinstance(record, RunManifest)
        if is_plan != (seq == 0):
            raise ValueError("the first record of a journal is its plan, and only the first")
        if isinstance(record, RunManifest) and record.run_id != self.run_id:
            raise ValueError(f"the plan of run {record.run_id!r} does not belong into {self.path}")

    def _write(self, descriptor: int, data: bytes) -> None:
        try:
            if os.write(descriptor, data) != len(data):
                raise OSError(f"only a part of {len(data)} bytes could be written; is the disk full?")
            _sync(descriptor)
        except OSError as error:
            # What a failed sync left behind is unknown: take it back and refuse to go on. Opening again verifies.
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, self._size)
            self.close()
            raise LogError(
                f"{self.path} cannot be written: {error}. Everything before this batch is safe; free some space and "
                "start the run again, it resumes."
            ) from error
        self._size += len(data)


_OPEN: weakref.WeakSet[JournalWriter] = weakref.WeakSet()


def _close_in_child() -> None:
    # A forked worker must not keep the lock of its parent, or a killed run would look like a running one.
    for writer in list(_OPEN):
        writer.close()


os.register_at_fork(after_in_child=_close_in_child)


def _lock(descriptor: int, path: Path) -> None:
    deadline = time.monotonic() + _LOCK_PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise LogError(
                    f"Run {path.stem} is being written by another process ({path} is locked). Wait for it to end, or "
                    "cancel it; a second start then resumes it."
                ) from None
            time.sleep(0.01)
        else:
            return


def _sync(descriptor: int) -> None:
    if sys.platform == "darwin":  # its fsync leaves data in the drive's cache
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fdatasync(descriptor)


def _sync_folders(folder: Path) -> None:
    for path in (folder, folder.parent):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
