"""Deleting everything: the keys first, then the files that the program made, by name. Whatever else is there stays."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from memos_engine.atomic_file import disk_error, sync_folder
from memos_engine.errors import MemosError, NoProtectorError
from memos_engine.services.home import TRIALS
from memos_engine.services.sealed_settings import SEALED_SETTINGS
from memos_engine.vault.home_lock import remove_lock_files
from memos_engine.vault.vault import Vault

_FILES = (SEALED_SETTINGS, TRIALS, "settings.toml", "settings.toml.damaged", ".vault.lock", ".restore-now")


def delete_home(home: Path) -> None:
    """Delete a home that is locked, closed and held alone, and what restores kept in it.

    Raises `DiskError`; `NoProtectorError` when the OS keyring keeps its secret, after the files are gone.
    """
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


def _places(home: Path) -> Iterator[Path]:
    """Folders within the home that look like one: what restores staged and kept."""
    yield from (place for place in (home / ".restoring", *home.glob("before-restore-*")) if place.is_dir())


def _delete_place(place: Path) -> None:
    try:
        cube_ids = Vault(place).cube_ids()
    except MemosError:
        cube_ids = ()
    _destroy_keys(place / "vault.toml")
    for cube_id in cube_ids:
        folder = place / "cubes" / cube_id
        if folder.parent == place / "cubes" and folder.is_dir():
            shutil.rmtree(folder)
    for name in _FILES:
        (place / name).unlink(missing_ok=True)
    for log in (place / "logs").glob("memos.log*"):
        log.unlink()
    remove_lock_files(place)
    for folder in (place / "cubes", place / "logs", place):
        with suppress(OSError):  # not there, or something in it is not ours
            folder.rmdir()


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
