"""Deleting everything: the keys first, then the files that the program made, by name. Whatever else is there stays."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from memos_engine.atomic_file import disk_error, replacing, sync_folder
from memos_engine.errors import MemosError, NoProtectorError
from memos_engine.services.backups import FORMER_HOME, TAKEN_OUT
from memos_engine.services.home import TRIALS
from memos_engine.services.sealed_settings import SEALED_SETTINGS
from memos_engine.vault.home_lock import remove_lock_files
from memos_engine.vault.vault import Vault

_NOTE = ".deleting"
"""Ids of the cubes that go."""
_FILES = (SEALED_SETTINGS, TRIALS, "settings.toml", "settings.toml.damaged", ".vault.lock", ".restore-now")


def delete_home(home: Path) -> None:
    """Delete a home that is locked, closed and held alone, and what restores kept in it.

    What is to go is noted first: a deletion that a crash or the disk cuts can be taken up again, without the keys that
    are gone by then. Raises `DiskError` (nothing is gone where not even the note could be written); `NoProtectorError`
    when the OS keyring keeps its secret, after the files are gone.
    """
    try:
        for place in (*_places(home), home):
            _note_cubes(place)
    except OSError as error:
        raise disk_error("The home", error) from error
    refusal = _discard_keyring_entry(home)
    try:
        for place in (*_places(home), home):
            _delete_place(place)
        if home.exists():
            sync_folder(home)
    except OSError as error:
        raise disk_error("The home", error) from error
    if refusal is not None:
        raise refusal


def delete_former_homes(home: Path, older_than: datetime) -> int:
    """Destroy what restores before `older_than` took out of use; how many.

    What a crash cuts goes on at the next call. Raises `DiskError`.
    """
    gone = 0
    try:
        for place in home.glob(f"{FORMER_HOME}*"):
            if place.is_dir() and _taken_out(place) < older_than:
                _note_cubes(place)
                _delete_place(place)
                gone += 1
    except OSError as error:
        raise disk_error("The former home", error) from error
    return gone


def _taken_out(place: Path) -> datetime:
    """When; a folder that somebody named otherwise counts as new."""
    stamp = place.name.removeprefix(FORMER_HOME).partition(" ")[0]
    try:
        return datetime.strptime(stamp, TAKEN_OUT).replace(tzinfo=UTC)
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)


def is_cut(home: Path) -> bool:
    """Whether a deletion of this home was begun and not brought to its end."""
    return (home / _NOTE).exists()


def _places(home: Path) -> Iterator[Path]:
    """Folders within the home that look like one: what restores staged and kept."""
    yield from (place for place in (home / ".restoring", *home.glob(f"{FORMER_HOME}*")) if place.is_dir())


def _delete_place(place: Path) -> None:
    _destroy_keys(place / "vault.toml")
    for cube_id in _noted(place):
        folder = place / "cubes" / cube_id
        if folder.parent == place / "cubes" and folder.is_dir():
            shutil.rmtree(folder)
    for name in _FILES:
        (place / name).unlink(missing_ok=True)
    for log in (place / "logs").glob("memos.log*"):
        log.unlink()
    (place / _NOTE).unlink(missing_ok=True)
    remove_lock_files(place)
    for folder in (place / "cubes", place / "logs", place):
        with suppress(OSError):  # not there, or something in it is not ours
            folder.rmdir()


def _note_cubes(place: Path) -> None:
    """Which cubes are ours; what an earlier try noted still counts, its vault may be gone."""
    try:
        cube_ids = Vault(place).cube_ids()
    except MemosError:
        cube_ids = ()
    known = sorted({*_noted(place), *cube_ids})
    with replacing(place / _NOTE) as stream:
        stream.write("\n".join(known).encode())


def _noted(place: Path) -> list[str]:
    try:
        return (place / _NOTE).read_text("utf-8").split()
    except FileNotFoundError:
        return []


def _discard_keyring_entry(home: Path) -> NoProtectorError | None:
    if not (home / "vault.toml").exists():
        return None
    try:
        Vault(home).forget_keyring_entry()
    except NoProtectorError as error:
        return error
    except MemosError:  # a damaged vault.toml names no entry any more; the files still go
        return None
    return None


def _destroy_keys(file: Path) -> None:
    """Overwrite and remove the wrapped keys: from here on nothing opens the cubes."""
    if not file.exists():
        return
    with file.open("r+b") as stream:
        stream.write(os.urandom(file.stat().st_size))
        stream.flush()
        os.fsync(stream.fileno())
    file.unlink()
    sync_folder(file.parent)
