"""Backups, readable exports, and deleting everything."""

from pathlib import Path

from memos_engine.types import CancelToken, ProgressCallback, no_progress


class ArchiveService:
    """Sealed copies of the home, and the way out."""

    def backup(
        self, folder: Path, *, progress: ProgressCallback = no_progress, cancel: CancelToken | None = None
    ) -> Path:
        """Write a sealed copy of the home into a new dated folder under `folder`, open it to verify, return its path."""
        raise NotImplementedError

    def verify(self, backup: Path) -> None:
        """Open every cube of a backup and check it; `DamagedError` names what is wrong."""
        raise NotImplementedError

    def restore(
        self, backup: Path, *, progress: ProgressCallback = no_progress, cancel: CancelToken | None = None
    ) -> None:
        """Put a verified backup in the place of the home; the old home is kept beside it until the new one opened."""
        raise NotImplementedError

    def export(
        self, folder: Path, *, progress: ProgressCallback = no_progress, cancel: CancelToken | None = None
    ) -> Path:
        """Everything as Markdown and JSON, readable by anyone, into a new folder under `folder`."""
        raise NotImplementedError

    def delete_everything(self) -> None:
        """Destroy the keys, then every file that the program made in the home, and nothing else."""
        raise NotImplementedError
