"""Bytes of a text file -> UTF-8 with plain line ends, whatever byte-order mark, line ends or encoding it came with."""

from __future__ import annotations

import codecs
from pathlib import Path

from engine.datasets.problems import DAMAGED, Problems
from engine.errors import DatasetError

MARK_DAMAGED = "recaudit-damaged"  # how to decode: bytes that are no text become `DAMAGED`
_WIDE_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(path: Path, table: str, problems: Problems, *, encoding: str = "utf-8") -> bytes | None:
    """Return the file's text as UTF-8, or None where it cannot be used (noted in `problems`).

    Bytes that the encoding does not know become `DAMAGED`, so that the row that holds them can be refused by its line.
    U+FFFD that the file itself holds is what it says: letters were lost before it was written.

    Raises:
        DatasetError: the encoding has no such name.
    """
    data = read_bytes(path, table, problems)
    if data is None:
        return None
    if data.startswith(_WIDE_MARKS) and encoding == "utf-8":
        problems.add_file(table, path.name, "UTF-8 text", "UTF-16 or UTF-32 text; name it with --encoding utf-16")
        return None
    data = _as_utf8(data, encoding).removeprefix(codecs.BOM_UTF8)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
        data = data if b"\n" in data else data.replace(b"\r", b"\n")
    if not data.strip():
        problems.add_file(table, path.name, "rows", "an empty file")
        return None
    return data


def read_bytes(path: Path, table: str, problems: Problems) -> bytes | None:
    """Return the file's bytes, or None where it cannot be read (noted in `problems`)."""
    try:
        return path.read_bytes()
    except OSError as error:
        problems.add_file(table, path.name, "a readable file", error.strerror or str(error))
        return None


def _as_utf8(data: bytes, encoding: str) -> bytes:
    try:
        known = codecs.lookup(encoding)
        if not known._is_text_encoding:
            raise LookupError(encoding)
    except (LookupError, ValueError) as error:
        raise DatasetError(f"{encoding!r} is no text encoding; try utf-8, latin-1, cp1252 or utf-16.") from error
    if known.name == "utf-8":
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            return data.decode("utf-8", errors=MARK_DAMAGED).encode("utf-8")
        return data
    return data.decode(known.name, errors=MARK_DAMAGED).encode("utf-8")


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return DAMAGED, error.end


codecs.register_error(MARK_DAMAGED, _mark)
