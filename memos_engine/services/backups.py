"""Backups: a sealed copy of the home, verified by opening it, and the way back.

A backup is a folder that looks like a home (vault.toml, settings.toml, cubes/…) with a manifest of digests. Nothing in
it is readable without a protector of the home that it was made of.
"""

import hashlib
import os
import shutil
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath

import tomli_w

from memos_engine.atomic_file import disk_error, replacing, sync_folder
from memos_engine.cube.shelf import CubeShelf
from memos_engine.cube.store import CubeStore
from memos_engine.errors import CubeLockedError, DamagedError, InputError, NewerFormatError, NotFoundError
from memos_engine.services.sealed_settings import SEALED_SETTINGS
from memos_engine.types import CancelToken, Progress, ProgressCallback, now
from memos_engine.vault.vault import Vault

FORMAT = 1
MANIFEST = "backup.toml"
HOME_ENTRIES = ("vault.toml", "settings.toml", SEALED_SETTINGS, "cubes")
"""What a home consists of, beside logs and locks."""
FORMER_HOME = "before-restore-"
"""What the folder begins with that a restore puts the old home in; `TAKEN_OUT` follows."""
TAKEN_OUT = "%Y-%m-%d-%H%M%S"
_RESTORING = ".restoring"
_COMMIT = ".restore-now"
_BLOCK = 1 << 20


def write_backup(
    home: Path, vault: Vault, shelf: CubeShelf, folder: Path, progress: ProgressCallback, cancel: CancelToken
) -> Path:
    """Copy the home, in use, into a new dated folder under `folder`; verified before it gets its name.

    A cube that is damaged does not keep the others from being backed up: its files are copied as they lie.
    Raises `DiskError`, `DamagedError`, `CancelledError`; then nothing is left of it.
    """
    target = free_name(folder, f"MemOS backup {now():%Y-%m-%d %H%M%S}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".memos-backup-", dir=folder) as temporary:
            partial = Path(temporary) / "backup"
            partial.mkdir(mode=0o700)
            for name in ("vault.toml", "settings.toml", SEALED_SETTINGS):
                if (home / name).exists():
                    shutil.copy2(home / name, partial / name)
            sound = [
                cube_id for cube_id in vault.cube_ids() if _copy_cube(home, shelf, cube_id, partial, progress, cancel)
            ]
            _write_manifest(partial, cancel)
            verify_backup(partial, vault, progress, cancel, sound)
            partial.rename(target)
        sync_folder(folder)
    except OSError as error:
        raise disk_error("The backup", error) from error
    return target


def verify_backup(
    backup: Path,
    vault: Vault,
    progress: ProgressCallback,
    cancel: CancelToken,
    cube_ids: Sequence[str] | None = None,
) -> None:
    """Check every file against the manifest, and open and check every cube that the open vault has the key of (of
    `cube_ids`, where they are given).

    Raises `NotFoundError`, `NewerFormatError`, `DamagedError` (naming the file), `DiskError`.
    """
    try:
        _verify(backup, vault, progress, cancel, cube_ids)
    except OSError as error:
        raise disk_error("The backup", error) from error


def _verify(
    backup: Path, vault: Vault, progress: ProgressCallback, cancel: CancelToken, cube_ids: Sequence[str] | None
) -> None:
    digests = _read_manifest(backup)
    found = {str(file.relative_to(backup).as_posix()) for file in _files(backup)}
    if missing := sorted(set(digests) - found):
        raise DamagedError(f"The backup lacks {missing[0]}.", "Use another backup.")
    for done, (name, digest) in enumerate(digests.items()):
        progress(Progress(done, len(digests), "files"))
        if _digest(backup / name, cancel) != digest:
            raise DamagedError(f"{name} in the backup is not as it was written.", "Use another backup.")
    kept = Vault(backup)
    if vault.is_open and kept.open_like(vault):
        try:
            for cube_id in kept.cube_ids() if cube_ids is None else cube_ids:
                _check_cube(backup, kept, cube_id, cancel)
        finally:
            kept.lock()


def stage_restore(backup: Path, home: Path, progress: ProgressCallback, cancel: CancelToken) -> None:
    """Copy a backup into the home, beside what is there. `finish_restore` then puts it in place.

    Raises what `verify_backup` raises, `DiskError`, `CancelledError`; until the copy is whole nothing changes.
    """
    digests = _read_manifest(backup)
    staged = home / _RESTORING
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.rmtree(staged, ignore_errors=True)
        for done, (name, digest) in enumerate(digests.items()):
            progress(Progress(done, len(digests), "files"))
            if not (backup / name).is_file():
                raise DamagedError(f"The backup lacks {name}.", "Use another backup.")
            (staged / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(backup / name, staged / name)
            if _digest(staged / name, cancel) != digest:
                raise DamagedError(f"{name} in the backup is not as it was written.", "Use another backup.")
        with replacing(home / _COMMIT) as mark:
            brings = sorted({PurePosixPath(name).parts[0] for name in digests})
            mark.write("\n".join([free_name(home, FORMER_HOME + now().strftime(TAKEN_OUT)).name, *brings]).encode())
    except OSError as error:
        raise disk_error("The restored home", error) from error
    finally:
        if not (home / _COMMIT).exists():
            shutil.rmtree(staged, ignore_errors=True)


def restore_is_cut(home: Path) -> bool:
    """Whether a restore was staged as a whole and is not in place yet."""
    return (home / _COMMIT).exists()


def finish_restore(home: Path) -> Path | None:
    """Put a staged restore in place; returns the folder that keeps the old home, None when nothing was staged.

    For whoever holds the home alone. Each step can be taken again: a crash in between is mended at the next start. What
    was staged in part only is dropped.
    """
    mark, staged = home / _COMMIT, home / _RESTORING
    if not mark.exists():
        shutil.rmtree(staged, ignore_errors=True)
        return None
    try:
        former, *brings = mark.read_text().splitlines()
        before = home / PurePosixPath(former).name
        before.mkdir(exist_ok=True)
        for name in HOME_ENTRIES:
            is_staged, belongs = (staged / name).exists(), name in brings or not brings
            # What the backup lacks is the old home's, and goes with it.
            if (home / name).exists() and (is_staged or not belongs):
                (home / name).rename(before / name)
            if is_staged:
                (staged / name).rename(home / name)
        sync_folder(home)
        mark.unlink()
        shutil.rmtree(staged, ignore_errors=True)
    except OSError as error:
        raise disk_error("The restored home", error) from error
    return before


def _copy_cube(
    home: Path, shelf: CubeShelf, cube_id: str, partial: Path, progress: ProgressCallback, cancel: CancelToken
) -> bool:
    """Whether the cube is sound. One that is kept locked is closed in every process: its files are copied as they lie,
    and so are those of a damaged one."""
    source, copy = home / "cubes" / cube_id, partial / "cubes" / cube_id
    sound = True
    try:
        shelf.get(cube_id).backup_to(copy / "cube.db", progress, cancel)
    except (CubeLockedError, DamagedError, NewerFormatError) as error:
        sound = isinstance(error, CubeLockedError)
        copy.mkdir(parents=True, exist_ok=True)
        for file in source.glob("cube.db*"):
            shutil.copy2(file, copy / file.name)
    if (source / "blobs").is_dir():
        shutil.copytree(source / "blobs", copy / "blobs", ignore=shutil.ignore_patterns(".*"))
    return sound


def _check_cube(backup: Path, kept: Vault, cube_id: str, cancel: CancelToken) -> None:
    """Opening may migrate and tidy, so a copy is opened, never the backup itself."""
    cancel.check()
    try:
        keys = kept.cube_keys(cube_id)
    except CubeLockedError:
        return
    with tempfile.TemporaryDirectory(prefix=".memos-check-", dir=backup.parent) as temporary:
        folder = Path(temporary) / cube_id
        folder.mkdir()
        for file in (backup / "cubes" / cube_id).glob("cube.db*"):
            shutil.copy2(file, folder / file.name)
        store = CubeStore.open(folder, cube_id, keys)
        try:
            store.check()
        finally:
            store.close()


def _write_manifest(partial: Path, cancel: CancelToken) -> None:
    digests = {str(file.relative_to(partial).as_posix()): _digest(file, cancel) for file in _files(partial)}
    table = {"format": FORMAT, "made": now(), "files": digests}
    with replacing(partial / MANIFEST) as stream:
        stream.write(tomli_w.dumps(table).encode())


def _read_manifest(backup: Path) -> dict[str, str]:
    """Relative name → digest. A manifest is a stranger's until it is checked: names stay within the folder."""
    try:
        table = tomllib.loads((backup / MANIFEST).read_text("utf-8"))
        if table["format"] > FORMAT:
            raise NewerFormatError("This backup was written by a newer version of MemOS.", "Update MemOS.")
        digests = {str(name): str(digest) for name, digest in table["files"].items()}
        made = table["made"]
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFoundError(f"There is no backup in {backup.name}.", "Choose a folder “MemOS backup …”.") from error
    except OSError as error:
        raise disk_error("The backup", error) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedError(f"{MANIFEST} of the backup is damaged.", "Use another backup.") from error
    for name in digests:
        parts = PurePosixPath(name).parts
        if not isinstance(made, datetime) or ".." in parts or not parts or parts[0] not in HOME_ENTRIES:
            raise DamagedError(f"{MANIFEST} of the backup names a file that is no part of a home.", "Do not use it.")
    if "vault.toml" not in digests:
        raise InputError("This backup has no vault.toml: nothing could open it.", "Use another backup.")
    return digests


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*")) if file.is_file() and file.name != MANIFEST)


def _digest(file: Path, cancel: CancelToken) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            cancel.check()
            digest.update(block)
        os.fsync(stream.fileno())
    return digest.hexdigest()


def free_name(folder: Path, name: str) -> Path:
    """`name` in `folder`, numbered where it is taken."""
    candidates = (folder / (name if number == 1 else f"{name} ({number})") for number in range(1, 1000))
    return next(candidate for candidate in candidates if not candidate.exists())
