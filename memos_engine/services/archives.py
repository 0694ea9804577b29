"""Backups, readable exports, and deleting everything."""

import logging
import tempfile
from datetime import timedelta
from pathlib import Path

from memos_engine.atomic_file import disk_error, sync_folder
from memos_engine.errors import DiskError, InputError, InUseError, NoProtectorError
from memos_engine.services import backups, removal
from memos_engine.services.cubes import CubeService
from memos_engine.services.home import OpenHome
from memos_engine.services.readable_export import export_cube
from memos_engine.types import (
    Caller,
    CancelToken,
    MemoryCall,
    MemoryChanges,
    ProgressCallback,
    Purpose,
    no_progress,
    now,
)

_log = logging.getLogger(__name__)

_README = """# Memories, exported from MemOS

Everything in this folder is readable by anyone who can open it: it is not encrypted.
One folder a cube: `memories.md` and `conversations/` for people, `memories.json` with every field for programs.
"""


class ArchiveService:
    """Sealed copies of the home, and the ways out."""

    def __init__(self, home: OpenHome) -> None:
        self._home = home
        if removal.is_cut(home.path):
            self._finish_deletion()
        home.when_opened(self._clear_former_homes)

    def _clear_former_homes(self) -> None:
        """What a restore took out of use is kept as long as what is in the trash, and while the restored home is not
        whole."""
        cubes = CubeService(self._home).list()
        if any(cube.damaged for cube in cubes) or backups.restore_is_cut(self._home.path):
            return
        kept = timedelta(days=self._home.settings.whole("memory.trash_days"))
        try:
            gone = removal.delete_former_homes(self._home.path, now() - kept)
        except DiskError as error:
            _log.warning("clearing a former home: %s", error.message)
        else:
            if gone:
                _log.info("%d former homes were destroyed", gone)

    def _finish_deletion(self) -> None:
        """What was begun to be deleted is no home any more."""
        try:
            with self._home.alone():
                removal.delete_home(self._home.path)
        except (InUseError, NoProtectorError) as error:
            _log.warning("finishing a deletion: %s", error.message)
        self._home.settings.reload()

    def backup(
        self, folder: Path, *, progress: ProgressCallback = no_progress, cancel: CancelToken | None = None
    ) -> Path:
        """Write a sealed copy of the home into a new dated folder under `folder`, open it to verify; returns its path.

        Raises `InputError` where `folder` lies in the home, `LockedError`, `DiskError`, `DamagedError`,
        `CancelledError`; then nothing is left of it.
        """
        self._home.require_open()
        self._require_outside(folder)
        home = self._home
        return backups.write_backup(home.path, home.vault, home.shelf, folder, progress, cancel or CancelToken())

    def verify(
        self, backup: Path, *, progress: ProgressCallback = no_progress, cancel: CancelToken | None = None
    ) -> None:
        """Check every file of a backup, and open every cube that the open vault has the key of.

        Raises `NotFoundError`, `NewerFormatError`, `DamagedError`, which names what is wrong.
        """
        backups.verify_backup(backup, self._home.vault, progress, cancel or CancelToken())

    def restore(
        self, backup: Path, *, progress: ProgressCallback = no_progress, cancel: CancelToken | None = None
    ) -> Path:
        """Put a backup in the place of the home, and lock it: the backup's own protectors open it.

        Returns the folder within the home that keeps what was there before, sealed as it was. Raises `InUseError` when
        another program has the home open, what `verify` raises, `DiskError`, `CancelledError`; then the home is as it
        was.
        """
        with self._home.alone():
            backups.stage_restore(backup, self._home.path, progress, cancel or CancelToken())
            self._home.lock()
            before = backups.finish_restore(self._home.path)
        self._home.settings.reload()
        self._home.publish(MemoryChanges(elsewhere=True))
        return before or self._home.path

    def export(
        self, folder: Path, *, progress: ProgressCallback = no_progress, cancel: CancelToken | None = None
    ) -> Path:
        """Everything that is unlocked as Markdown and JSON, readable by anyone, into a new folder under `folder`.

        Raises `InputError` where `folder` lies in the home, `LockedError`, `DiskError`, `CancelledError`; then nothing
        is left of it.
        """
        token = cancel or CancelToken()
        grant = self._home.gate.admit(MemoryCall(Caller.WINDOW, Purpose.EXPORT))
        self._require_outside(folder)
        cubes = CubeService(self._home)
        target = backups.free_name(folder, f"MemOS export {now():%Y-%m-%d %H%M%S}")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".memos-export-", dir=folder) as temporary:
                partial = Path(temporary) / "export"
                for cube_id in grant.cube_ids:
                    cube = cubes.get(cube_id)
                    place = backups.free_name(
                        partial, "".join(c for c in cube.name if c.isalnum() or c in " -_") or "Cube"
                    )
                    export_cube(self._home.shelf.get(cube_id), cube, grant, place, progress, token)
                partial.mkdir(exist_ok=True)
                (partial / "README.md").write_text(_README, "utf-8")
                partial.rename(target)
            sync_folder(folder)
        except OSError as error:
            raise disk_error("The export", error) from error
        return target

    def _require_outside(self, folder: Path) -> None:
        """A copy in the home would be lost with it, and a readable one would stand beside what is sealed."""
        home = self._home.path.resolve()
        if home == folder.resolve() or home in folder.resolve().parents:
            raise InputError(f"{folder.name} lies in the home itself.", "Choose a folder outside of it.")

    def delete_everything(self) -> None:
        """Destroy the keys, then every file that the program made in the home, and nothing else.

        Raises `InUseError` when another program has the home open (then nothing is gone), `NoProtectorError` when the
        OS keyring does not give up its secret (the files are gone all the same), and `DiskError`.
        """
        with self._home.alone():
            self._home.lock()
            removal.delete_home(self._home.path)
        self._home.settings.reload()
        self._home.publish(MemoryChanges(elsewhere=True))
