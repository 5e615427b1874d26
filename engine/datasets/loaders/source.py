"""What a person names as the source of an import: a folder, or one file for each table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import DatasetError


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A folder, or files by table (users, items, interactions, triples, entities), or both: then the files go first."""

    folder: Path | None = None
    files: Mapping[str, Path] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The source as it is written into the dataset: names without the folders above them."""
        names = [self.folder.resolve().name] if self.folder else []
        return ", ".join([*names, *(path.name for path in self.files.values())])

    def check(self) -> None:
        """Refuse a source that is not there.

        Raises:
            DatasetError: a path does not exist, or nothing is named.
        """
        if self.folder is None and not self.files:
            raise DatasetError("Name a folder to import, or files with --interactions, --items, --users.")
        if self.folder is not None and not self.folder.is_dir():
            raise DatasetError(
                f"{self.folder} is not a folder. Name a folder, or files with --interactions and --items."
            )
        for table, path in self.files.items():
            if not path.is_file():
                raise DatasetError(f"{path} (--{table}) is not a file.")

    def find(self, name: str) -> Path | None:
        """Return the file of that name in the folder, or None."""
        path = self.folder / name if self.folder else None
        return path if path is not None and path.is_file() else None

    def glob(self, pattern: str) -> list[Path]:
        """Return the folder's files that match, by name."""
        return sorted(path for path in self.folder.glob(pattern) if path.is_file()) if self.folder else []
