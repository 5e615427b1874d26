"""Where RecAudit keeps its files: one folder with datasets, journals, the index and a cache."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """The folder of one RecAudit log. Everything under `cache` and the index can be deleted and made again."""

    root: Path

    @classmethod
    def default(cls) -> Home:
        """Return the folder that RECAUDIT_HOME names, else `.recaudit` in the working folder."""
        return cls(Path(os.environ.get("RECAUDIT_HOME") or ".recaudit").resolve())

    @property
    def datasets(self) -> Path:
        """Imported datasets, one folder each."""
        return self.root / "datasets"

    @property
    def journals(self) -> Path:
        """Journals, one file a run: the record of truth."""
        return self.root / "journals"

    @property
    def segments(self) -> Path:
        """Rows of bulk imports, content-addressed; the journals hold their digests."""
        return self.root / "segments"

    @property
    def rejects(self) -> Path:
        """Rows that imports refused, one file a run."""
        return self.root / "rejects"

    @property
    def derived(self) -> Path:
        """Rows that audits derived from runs, one file a table and run."""
        return self.root / "derived"

    @property
    def index(self) -> Path:
        """The DuckDB index over the journals."""
        return self.root / "recaudit.duckdb"

    @property
    def cache(self) -> Path:
        """Text vectors and fitted recommenders, content-addressed."""
        return self.root / "cache"
