"""The shelf: every cube of a home, opened when it is needed. A damaged one is set aside, and the others serve."""

import shutil
import threading
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from memos_engine.cube import conversations, items, messages
from memos_engine.cube.ids import new_id
from memos_engine.cube.store import DATABASE, CubeStore
from memos_engine.errors import DamagedError, DiskError, InUseError, MemosError, NewerFormatError, NotFoundError
from memos_engine.vault.keys import CubeKeys
from memos_engine.vault.vault import Vault

_UNUSABLE = (DamagedError, NewerFormatError, DiskError)
"""Errors of one cube that waiting does not mend, and that are no reason to do without the others."""
_ADVICE = "Restore a backup, or destroy this cube (Settings, Cubes); what is in other cubes can be used."


class CubeShelf:
    """The cubes under `<home>/cubes`, one folder a cube. Locked cubes are not on it, nor those that are set aside."""

    def __init__(self, home: Path, vault: Vault) -> None:
        self._folder = home / "cubes"
        self._vault = vault
        self._open: dict[str, CubeStore] = {}
        self._aside: dict[str, tuple[_Stamp, MemosError]] = {}
        """Cubes that do not open: how their database lay there, and why. Another file is tried again."""
        self._news: list[str] = []
        self._lock = threading.RLock()

    def folder(self, cube_id: str) -> Path:
        """The folder of a cube."""
        return self._folder / cube_id

    def create(self, name: str, *, owner: str = "", description: str = "", origin: str = "own") -> CubeStore:
        """Make a cube with a data key of its own and open it. Raises `LockedError`, `DiskError`.

        Cut half-way, it leaves a folder that no key opens and nothing looks at.
        """
        cube_id = new_id()

        def make(keys: CubeKeys) -> None:
            self._open[cube_id] = CubeStore.create(self.folder(cube_id), cube_id, name, keys)
            self._open[cube_id].describe(owner=owner, description=description, origin=origin)

        with self._lock:
            try:
                self._vault.add_cube(cube_id, name, make)
            except BaseException:
                self.close(cube_id)
                shutil.rmtree(self.folder(cube_id), ignore_errors=True)
                raise
            return self._open[cube_id]

    def get(self, cube_id: str) -> CubeStore:
        """An open cube, opened when it is not yet.

        Raises `LockedError`, `CubeLockedError`, `NotFoundError`, and what `CubeStore.open` raises, with what to do.
        """
        with self._lock:
            self._vault.readable(cube_id)
            self._look_at(cube_id)
            store = self._open.get(cube_id)
            if store is None:
                try:
                    store = self._opened(cube_id, self._vault.cube_keys(cube_id))
                except _UNUSABLE as error:
                    self._put_aside(cube_id, error)
                    raise _advised(error) from error
                self._open[cube_id] = store
        return store

    def opens(self, cube_id: str) -> bool:
        """Whether a cube can be read: it is neither locked nor set aside. Raises `LockedError`, `InUseError`."""
        if self._vault.cube_locked(cube_id):
            return False
        try:
            self.get(cube_id)
        except _UNUSABLE:
            return False
        return True

    def set_aside(self) -> tuple[str, ...]:
        """Close the open cubes that were found to be damaged; ids of all that were set aside since the last call."""
        with self._lock:
            for cube_id, store in tuple(self._open.items()):
                if store.damage is not None:
                    self._put_aside(cube_id, store.damage)
            news, self._news = tuple(dict.fromkeys(self._news)), []
        return news

    def default(self) -> CubeStore:
        """The default cube."""
        return self.get(self._vault.default_cube())

    def all_open(self) -> tuple[CubeStore, ...]:
        """Every cube that is neither locked nor set aside, the default first. Raises as `get` where none is left."""
        default = self._vault.default_cube()
        ids = sorted(self._vault.cube_ids(), key=lambda cube_id: cube_id != default)
        stores: list[CubeStore] = []
        unusable: MemosError | None = None
        for cube_id in ids:
            if self._vault.cube_locked(cube_id):
                continue
            try:
                stores.append(self.get(cube_id))
            except _UNUSABLE as error:
                unusable = unusable or error
        if unusable is not None and not stores:
            raise unusable.__cause__ or unusable  # no others to speak of
        return tuple(stores)

    def stores(self, cube_ids: Sequence[str] = ()) -> tuple[CubeStore, ...]:
        """The named cubes, or all that are not locked. Raises as `get`."""
        return tuple(self.get(cube_id) for cube_id in cube_ids) if cube_ids else self.all_open()

    def find_item(self, item_id: str) -> CubeStore:
        """The cube that holds an item; `NotFoundError`."""
        for store in self.all_open():
            with store.read() as session:
                if items.find(session, item_id) is not None:
                    return store
        raise NotFoundError("There is no memory with this id.", "It may have been forgotten, or its cube is locked.")

    def find_message(self, message_id: str) -> CubeStore:
        """The cube that holds a message; `NotFoundError`."""
        for store in self.all_open():
            with store.read() as session:
                if messages.find(session, message_id) is not None:
                    return store
        raise NotFoundError("There is no message with this id.", "It may have been deleted, or its cube is locked.")

    def find_conversation(self, conversation_id: str) -> CubeStore:
        """The cube that holds a conversation; `NotFoundError`."""
        for store in self.all_open():
            with store.read() as session:
                if conversations.find(session, conversation_id) is not None:
                    return store
        raise NotFoundError("There is no conversation with this id.", "It may be deleted, or its cube is locked.")

    def close_all(self) -> None:
        """Close every open cube, also where one of them fails at it; what is set aside is tried again afterwards."""
        with self._lock:
            self._aside.clear()
            with ExitStack() as stack:
                while self._open:
                    stack.callback(self._open.popitem()[1].close)

    def close(self, cube_id: str) -> None:
        """Close one cube; it opens again when it is asked for."""
        with self._lock:
            store = self._open.pop(cube_id, None)
            if store is not None:
                store.close()

    def lock(self, cube_id: str) -> None:
        """Close a cube and keep it closed until `unlock`."""
        with self._lock:
            self._vault.set_cube_locked(cube_id, True)
            self.close(cube_id)

    def unlock(self, cube_id: str) -> None:
        """Let a cube be opened again."""
        self._vault.set_cube_locked(cube_id, False)

    def destroy(self, cube_id: str) -> None:
        """Destroy a cube's key, then the files that it made. Raises `DiskError` when files are left (unreadable)."""
        with self._lock:
            self._put_aside(cube_id, None)
            self._aside.pop(cube_id, None)
            self._vault.destroy_cube_key(cube_id)
            try:
                shutil.rmtree(self.folder(cube_id))
            except FileNotFoundError:
                return
            except OSError as error:
                raise DiskError(
                    f"The key of the cube is gone, but files are left in {self.folder(cube_id)}: {error.strerror}.",
                    "Nobody can read them. Delete the folder yourself.",
                ) from error

    # --- within

    def _opened(self, cube_id: str, keys: CubeKeys) -> CubeStore:
        """The name in the vault is the one that counts: a renaming that a crash cut is carried into the header."""
        store = CubeStore.open(self.folder(cube_id), cube_id, keys)
        try:
            label = self._vault.cube_label(cube_id)
            if store.header().name != label:
                with suppress(DiskError, InUseError):  # the next opening carries it over
                    store.describe(name=label)
        except BaseException:
            store.close()
            raise
        return store

    def _look_at(self, cube_id: str) -> None:
        """Raise for a cube that is set aside, unless its file is another one by now."""
        store = self._open.get(cube_id)
        if store is not None and store.damage is not None:
            self._put_aside(cube_id, store.damage)
        stamp, error = self._aside.get(cube_id, (None, None))
        if error is None:
            return
        if stamp == _stamp(self.folder(cube_id) / DATABASE):
            raise _advised(error) from error
        del self._aside[cube_id]

    def _put_aside(self, cube_id: str, error: MemosError | None) -> None:
        store = self._open.pop(cube_id, None)
        if store is not None:
            with suppress(MemosError):  # that it is damaged is known
                store.close()
        if error is not None and not isinstance(error, DiskError):
            self._aside[cube_id] = (_stamp(self.folder(cube_id) / DATABASE), error)
            self._news.append(cube_id)


_Stamp = tuple[int, int, int] | None


def _stamp(file: Path) -> _Stamp:
    """Which file lies there, and when it was last touched; None for none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns


def _advised(error: MemosError) -> MemosError:
    """The error of a cube that does not open, with what to do about a cube among others."""
    return type(error)(error.message, _ADVICE if isinstance(error, DamagedError) else error.hint)
