"""Bringing in notes and conversations."""

from collections.abc import Sequence
from pathlib import Path

from memos_engine.types import CancelToken, IngestReport, ProgressCallback, no_progress


class ImportService:
    """Staged imports: rows are invisible until the import is complete; a cancel or a crash drops them."""

    def plan(self, paths: Sequence[Path]) -> tuple[Path, ...]:
        """The files that an import of these files and folders would read, in order; others are left out."""
        raise NotImplementedError

    def ingest(
        self,
        paths: Sequence[Path],
        *,
        cube_id: str | None = None,
        author: str = "",
        read: bool = True,
        progress: ProgressCallback = no_progress,
        cancel: CancelToken | None = None,
    ) -> IngestReport:
        """Take in conversation files (JSON lines) and documents (.md .txt .pdf .html .docx), folders recursively.

        `author`: whose first person the documents speak in ("me", a name, or empty for unknown). Each file is whole or
        not at all; searchable on return. With `read`, the reader follows as a background job.
        """
        raise NotImplementedError
