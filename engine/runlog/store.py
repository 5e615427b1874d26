"""Open the index file: to write, or to read under lock-down. Not here: who may when (locks), what goes in (ingest)."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from engine.errors import LogError

_LOCKED_DOWN = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",  # or a query could read this process's variables
    "lock_configuration": "true",
}
_STALE_SPILL_SECONDS = 86_400
_LOCK_ERRORS = ("could not set lock", "conflicting lock", "different configuration", "being used by another process")


class IndexUnreadable(Exception):
    """The file is not, or is no longer, a database that can be opened: it has to be made again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What a connection may use. None: DuckDB's own choice (four fifths of the memory, all cores)."""

    memory_limit: str | None = None  # for example "2GB"
    threads: int | None = None
    spill_folder: Path | None = None  # for queries that need more; each process has a folder of its own in it

    def options(self) -> dict[str, str]:
        """Return DuckDB's configuration options."""
        spill = None if self.spill_folder is None else self.spill_folder / str(os.getpid())
        chosen = {"memory_limit": self.memory_limit, "threads": self.threads, "temp_directory": spill}
        return {name: str(value) for name, value in chosen.items() if value is not None}


def open_reader(path: Path, resources: Resources, timeout_s: float) -> duckdb.DuckDBPyConnection:
    """Open the index read-only, without access to files, network, extensions or settings.

    Raises:
        IndexUnreadable: the file is damaged.
        LogError: it cannot be opened for another reason.
    """
    _prepare_spill(resources.spill_folder)
    return _open(path, read_only=True, options={**_LOCKED_DOWN, **resources.options()}, timeout_s=timeout_s)


def open_writer(path: Path, resources: Resources, timeout_s: float) -> duckdb.DuckDBPyConnection:
    """Open the index to write; a file that is not there is made.

    Raises:
        IndexUnreadable: the file is damaged.
        LogError: it cannot be opened for another reason.
    """
    if not path.exists():
        wal_of(path).unlink(missing_ok=True)  # it belongs to an index that was deleted
    _prepare_spill(resources.spill_folder)
    return _open(path, read_only=False, options=resources.options(), timeout_s=timeout_s)


def wal_of(path: Path) -> Path:
    """Return where DuckDB keeps what is not yet in the file."""
    return path.with_name(path.name + ".wal")


def is_damage(error: duckdb.Error) -> bool:
    """Return whether an error in the middle of work means that the file is damaged."""
    text = str(error).lower()
    return any(sign in text for sign in ("corrupt", "checksum", "could not read enough bytes", "not a valid duckdb"))


def _prepare_spill(folder: Path | None) -> None:
    """Make the folder, and clear away what killed processes left there."""
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.iterdir():
        with suppress(FileNotFoundError):  # its process has just ended
            if time.time() - left.stat().st_mtime > _STALE_SPILL_SECONDS:
                shutil.rmtree(left, ignore_errors=True)


def _open(path: Path, *, read_only: bool, options: dict[str, str], timeout_s: float) -> duckdb.DuckDBPyConnection:
    if path.exists() and not os.access(path, os.R_OK if read_only else os.R_OK | os.W_OK):
        raise LogError(f"{path} may not be {'read' if read_only else 'written'} by this user; change its permissions.")
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            return duckdb.connect(path, read_only=read_only, config=dict(options))
        except (duckdb.OutOfMemoryException, duckdb.InvalidInputException) as error:
            raise LogError(f"{path} cannot be opened: {error}") from error
        except duckdb.Error as error:
            if not any(sign in str(error).lower() for sign in _LOCK_ERRORS):
                raise IndexUnreadable(str(error)) from error
            if time.monotonic() > deadline:  # not one of ours: those wait for each other in `locks`
                raise LogError(f"{path} stayed in use for {timeout_s:g} s by another program. {error}") from error
            time.sleep(0.05)
