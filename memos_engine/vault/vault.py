"""MemVault: which secrets open the home, and the keys of its cubes.

Each protector alone unwraps the master key; the master key unwraps each cube's random data key. A change of passphrase
wraps the master key anew and rewrites no data. The file is read again before each change, under a lock
between processes.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from math import ceil
from pathlib import Path

from filelock import FileLock, Timeout

from memos_engine.atomic_file import disk_error
from memos_engine.errors import (
    CubeLockedError,
    DamagedError,
    DiskError,
    InputError,
    InUseError,
    LockedError,
    NoProtectorError,
    NotFoundError,
    WaitError,
    WrongSecretError,
)
from memos_engine.types import Protector, VaultInfo, VaultState
from memos_engine.vault import os_keyring
from memos_engine.vault.home import make_private
from memos_engine.vault.keys import CubeKeys, cube_keys, derived_key, random_key, unwrap, wrap
from memos_engine.vault.protectors import (
    by_keyring,
    by_passphrase,
    by_recovery_code,
    check_passphrase,
    key_of_secret,
    purpose,
)
from memos_engine.vault.recovery_code import new_recovery_code
from memos_engine.vault.tries import wait_ahead, wait_left
from memos_engine.vault.vault_file import CubeEntry, VaultFile, read_vault_file, write_vault_file

_log = logging.getLogger(__name__)
_LOCK_SECONDS = 10.0
_CHOOSE = "Choose a passphrase, or start the keyring of your desktop."


class Vault:
    """The keys of one home. Made without a key; `unlock` opens it, `lock` drops what it held."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._file = home / "vault.toml"
        self._master: bytearray | None = None
        self._mutex = threading.RLock()
        self._uncounted = 0
        """Failed tries in a row of this program that could not be counted in the file."""

    # --- state

    @property
    def is_open(self) -> bool:
        """Whether the master key is in memory."""
        return self._master is not None

    def info(self) -> VaultInfo:
        """The vault's state and protectors. Raises `DamagedError`, `NewerFormatError`."""
        vault = read_vault_file(self._file)
        name = os_keyring.backend_name()
        if vault is None:
            return VaultInfo(VaultState.NEW, (), bool(name), name)
        return VaultInfo(
            VaultState.OPEN if self.is_open else VaultState.LOCKED,
            tuple(entry.kind for entry in vault.protectors),
            bool(name),
            name,
            wait_left(vault.failed_tries, vault.last_try),
        )

    def create(self, *, use_keyring: bool, passphrase: str | None) -> str:
        """Make the vault and open it; returns the recovery code, which is kept nowhere.

        Raises `NoProtectorError` when neither protector is given or the keyring refuses, `InputError` when there is a
        vault already or the passphrase is too short.
        """
        if not use_keyring and not passphrase:
            raise NoProtectorError("Nothing would protect your memories.", _CHOOSE)
        if passphrase:
            check_passphrase(passphrase)
        master = random_key()
        make_private(self._home)
        with self._between_processes():
            if read_vault_file(self._file) is not None:
                raise InputError("This home has a vault already.", "Unlock it, or choose another home.")
            vault = VaultFile(vault_id=os.urandom(8).hex())
            if passphrase:
                vault = vault.with_protector(Protector.PASSPHRASE, by_passphrase(vault, master, passphrase))
            if use_keyring:
                vault = vault.with_protector(Protector.KEYRING, by_keyring(vault, master))
            code = new_recovery_code()
            vault = vault.with_protector(Protector.RECOVERY, by_recovery_code(vault, master, code))
            write_vault_file(self._file, vault)
        self._master = bytearray(master)
        return code

    def unlock(self, *, passphrase: str | None = None, recovery_code: str | None = None) -> None:
        """Open the vault by the given secret; by the OS keyring when none is given.

        Raises `WrongSecretError`, `WaitError`, `NoProtectorError`, `DamagedError`, `NotFoundError` (no vault yet).
        """
        if passphrase is None and recovery_code is None:
            master = self._master_by_keyring()
        else:
            kind = Protector.PASSPHRASE if passphrase is not None else Protector.RECOVERY
            master = self._master_by_secret(kind, passphrase if passphrase is not None else recovery_code or "")
        with self._mutex:
            self._master = bytearray(master)

    def open_like(self, other: "Vault") -> bool:
        """Open with the master key of another open vault (of which this is a copy); False when it does not fit."""
        master, vault = other._open_master(), self._read()
        fits = vault.vault_id == other._read().vault_id and all(
            unwrap(master, entry.label, f"memos/cube-label/1 {cube_id}") is not None
            for cube_id, entry in vault.cubes.items()
        )
        if fits:
            self._master = bytearray(master)
        return fits

    def seal(self, content: bytes, purpose: str) -> bytes:
        """A small content, sealed under the master key for a purpose ("settings")."""
        return wrap(self._open_master(), content, f"memos/{purpose}/1 {self._read().vault_id}")

    def unseal(self, sealed: bytes, purpose: str) -> bytes:
        """What `seal` sealed. Raises `LockedError`, `DamagedError`."""
        content = unwrap(self._open_master(), sealed, f"memos/{purpose}/1 {self._read().vault_id}")
        if content is None:
            raise DamagedError(f"The sealed {purpose} are damaged.", "Restore them from a backup.")
        return content

    def verify_passphrase(self, passphrase: str) -> None:
        """Raise as `unlock` does unless the passphrase is right; opens nothing."""
        self._master_by_secret(Protector.PASSPHRASE, passphrase)

    def lock(self) -> None:
        """Drop the master key, overwriting our copy of it."""
        with self._mutex:
            if self._master is not None:
                self._master[:] = bytes(len(self._master))
                self._master = None

    # --- protectors

    def set_passphrase(self, passphrase: str | None) -> None:
        """Set, change or (None) remove the passphrase. Raises `NoProtectorError` when no protector would be left,
        `InputError` when it is too short."""
        master = self._open_master()
        with self._editing() as edit:
            entry = by_passphrase(edit.vault, master, passphrase) if passphrase else None
            edit.vault = _checked(edit.vault.with_protector(Protector.PASSPHRASE, entry))

    def set_keyring(self, on: bool) -> None:
        """Add or remove the OS keyring as a protector. Raises `NoProtectorError`."""
        master = self._open_master()
        with self._editing() as edit:
            old = edit.vault.protector(Protector.KEYRING)
            entry = (old or by_keyring(edit.vault, master)) if on else None
            edit.vault = _checked(edit.vault.with_protector(Protector.KEYRING, entry))
        if old and not on:
            os_keyring.discard(old.entry)

    def new_recovery_code(self) -> str:
        """Replace the recovery code; the old one opens no more."""
        master, code = self._open_master(), new_recovery_code()
        with self._editing() as edit:
            entry = by_recovery_code(edit.vault, master, code)
            edit.vault = edit.vault.with_protector(Protector.RECOVERY, entry)
        return code

    def forget_keyring_entry(self) -> None:
        """Remove our secret from the OS keyring, if this home has one there (before everything is deleted)."""
        entry = self._read().protector(Protector.KEYRING)
        if entry:
            os_keyring.discard(entry.entry)

    # --- cubes

    def add_cube(self, cube_id: str, label: str, make: Callable[[CubeKeys], None] | None = None) -> CubeKeys:
        """Give a new cube its random data key, and keep it wrapped. The first cube becomes the default.

        `make` makes what the key is for, before the key is kept: whatever is cut or fails there is no cube.
        """
        master, data_key = self._open_master(), random_key()
        with self._editing() as edit:
            if make is not None:
                make(cube_keys(data_key, cube_id))
            entry = CubeEntry(
                wrap(master, data_key, f"memos/cube-key/1 {cube_id}"),
                wrap(master, label.encode(), f"memos/cube-label/1 {cube_id}"),
            )
            edit.vault = edit.vault.with_cube(cube_id, entry)
            if not edit.vault.default_cube:
                edit.vault = replace(edit.vault, default_cube=cube_id)
        return cube_keys(data_key, cube_id)

    def cube_ids(self) -> tuple[str, ...]:
        """Ids of all cubes, oldest first; empty while there is no vault."""
        vault = read_vault_file(self._file)
        return tuple(vault.cubes) if vault else ()

    def cube_keys(self, cube_id: str) -> CubeKeys:
        """The keys of a cube. Raises `LockedError`, `CubeLockedError`, `NotFoundError`, `DamagedError`."""
        entry = self.readable(cube_id)
        data_key = unwrap(self._open_master(), entry.wrapped, f"memos/cube-key/1 {cube_id}")
        if data_key is None:
            raise DamagedError(f"The key of cube {cube_id} in vault.toml is damaged.", "Restore it from a backup.")
        return cube_keys(data_key, cube_id)

    def readable(self, cube_id: str) -> CubeEntry:
        """The entry of a cube that may be read now. Raises `LockedError`, `CubeLockedError`, `NotFoundError`."""
        self._open_master()
        entry = self._cube(cube_id)
        if entry.locked:
            raise CubeLockedError("This cube is locked.", "Unlock it in Settings, or by `memos cube unlock`.")
        return entry

    def cube_label(self, cube_id: str) -> str:
        """The name of a cube, readable while the vault is open even if the cube is locked."""
        label = unwrap(self._open_master(), self._cube(cube_id).label, f"memos/cube-label/1 {cube_id}")
        return label.decode() if label is not None else cube_id

    def set_cube_label(self, cube_id: str, label: str) -> None:
        """Rename a cube."""
        sealed = wrap(self._open_master(), label.encode(), f"memos/cube-label/1 {cube_id}")
        with self._editing_cube(cube_id) as edit:
            edit.vault = edit.vault.with_cube(cube_id, replace(edit.vault.cubes[cube_id], label=sealed))

    def cube_locked(self, cube_id: str) -> bool:
        """Whether the cube is kept locked while the vault is open."""
        return self._cube(cube_id).locked

    def set_cube_locked(self, cube_id: str, locked: bool) -> None:
        """Keep a cube locked, or not, across restarts. The default moves on to a cube that is not locked."""
        self._open_master()
        with self._editing_cube(cube_id) as edit:
            edit.vault = edit.vault.with_cube(cube_id, replace(edit.vault.cubes[cube_id], locked=locked))
            if locked and edit.vault.default_cube == cube_id:
                edit.vault = replace(edit.vault, default_cube=edit.vault.first_open() or cube_id)

    def default_cube(self) -> str:
        """Id of the cube that new conversations and memories go to."""
        return self._read().default_cube

    def set_default_cube(self, cube_id: str) -> None:
        """Choose the default cube."""
        with self._editing_cube(cube_id) as edit:
            edit.vault = replace(edit.vault, default_cube=cube_id)

    def destroy_cube_key(self, cube_id: str) -> None:
        """Drop a cube's data key for good: nothing opens its files afterwards. The default moves on, to a cube that is
        not locked where there is one."""
        self._open_master()
        with self._editing_cube(cube_id) as edit:
            edit.vault = edit.vault.with_cube(cube_id, None)
            if edit.vault.default_cube == cube_id:
                follows = edit.vault.first_open() or next(iter(edit.vault.cubes), "")
                edit.vault = replace(edit.vault, default_cube=follows)

    # --- within

    def _open_master(self) -> bytes:
        with self._mutex:
            if self._master is None:
                raise LockedError("Your memories are locked.", "Unlock them first.")
            return bytes(self._master)

    def _read(self) -> VaultFile:
        vault = read_vault_file(self._file)
        if vault is None:
            raise NotFoundError("There is no vault in this home yet.", "Open MemOS once to make it.")
        return vault

    def _cube(self, cube_id: str) -> CubeEntry:
        entry = self._read().cubes.get(cube_id)
        if entry is None:
            raise NotFoundError(f"There is no cube {cube_id}.", "`memos cube list` shows the cubes.")
        return entry

    def _master_by_keyring(self) -> bytes:
        vault = self._read()
        entry = vault.protector(Protector.KEYRING)
        if entry is None:
            raise NoProtectorError("This home is not opened by the OS keyring.", "Give your passphrase.")
        key = derived_key(os_keyring.fetch(entry.entry), entry.salt, b"memos/keyring/1")
        master = unwrap(key, entry.wrapped, purpose(vault, Protector.KEYRING))
        if master is None:
            raise WrongSecretError("The secret in the OS keyring does not open this home.", "Use your passphrase.")
        return master

    def _master_by_secret(self, kind: Protector, secret: str) -> bytes:
        vault = self._counted_try()
        entry = vault.protector(kind)
        if entry is None:
            raise NoProtectorError(f"This home has no {kind.value}.", "Open it another way.")
        key = key_of_secret(entry, secret)
        master = unwrap(key, entry.wrapped, purpose(vault, kind)) if key else None
        if master is None:
            what = "passphrase" if kind == Protector.PASSPHRASE else "recovery code"
            raise WrongSecretError(f"This {what} does not open your memories.", "Check it and try again.")
        self._uncounted = 0
        with self._between_processes():
            self._count(replace(self._read(), failed_tries=0, last_try=0.0))
        return master

    def _counted_try(self) -> VaultFile:
        """The vault to try a secret at. The try is counted before it is made, so that a kill in between does not hide
        it; where it cannot be counted, its wait comes first, one at a time for all programs. Raises `WaitError`."""
        with self._between_processes():
            vault, present = self._read(), time.time()
            wait = wait_left(vault.failed_tries, vault.last_try)
            if wait > 0:
                # A last try that lies ahead (the clock was set back) counts as of now: else the wait lasted until then.
                self._count(replace(vault, last_try=min(present, vault.last_try)))
                raise WaitError(f"Too many failed tries: wait {ceil(wait)} s.", "Then try again.", wait)
            if self._count(replace(vault, failed_tries=vault.failed_tries + 1, last_try=present)):
                return vault
        with self._locked_file():
            time.sleep(wait_ahead(vault.failed_tries + self._uncounted))
        self._uncounted += 1
        return vault

    def _count(self, vault: VaultFile) -> bool:
        """Keep another count of tries; False where the disk is full or may not be written."""
        try:
            if vault != self._read():
                write_vault_file(self._file, vault)
        except DiskError as error:
            _log.warning("a try was not counted: %s", error.message)
            return False
        return True

    @contextmanager
    def _between_processes(self) -> Iterator[None]:
        with self._mutex, self._locked_file():
            yield

    @contextmanager
    def _locked_file(self) -> Iterator[None]:
        try:
            with FileLock(self._home / ".vault.lock", timeout=_LOCK_SECONDS):
                yield
        except Timeout as error:
            raise InUseError("Another MemOS is changing the vault.", "Wait for it, and try again.") from error
        except OSError as error:
            raise disk_error("vault.toml", error) from error

    @contextmanager
    def _editing(self) -> Iterator["_Edit"]:
        with self._between_processes():
            edit = _Edit(self._read())
            before = edit.vault
            yield edit
            if edit.vault != before:
                write_vault_file(self._file, edit.vault)

    @contextmanager
    def _editing_cube(self, cube_id: str) -> Iterator["_Edit"]:
        with self._editing() as edit:
            self._cube(cube_id)
            yield edit


class _Edit:
    """The vault file as it is being changed."""

    def __init__(self, vault: VaultFile) -> None:
        self.vault = vault


def _checked(vault: VaultFile) -> VaultFile:
    if not (vault.protector(Protector.KEYRING) or vault.protector(Protector.PASSPHRASE)):
        raise NoProtectorError("Nothing but the recovery code would open your memories.", _CHOOSE)
    return vault
