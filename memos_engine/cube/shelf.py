"""The shelf: every cube of a home, opened when it is needed."""

import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

from memos_engine.cube import conversations, items, messages
from memos_engine.cube.ids import new_id
from memos_engine.cube.store import CubeStore
from memos_engine.errors import DiskError, NotFoundError
from memos_engine.vault.keys import CubeKeys
from memos_engine.vault.vault import Vault


class CubeShelf:
    """The cubes under `<home>/cubes`, one folder a cube. Locked cubes are not on it."""

    def __init__(self, home: Path, vault: Vault) -> None:
        self._folder = home / "cubes"
        self._vault = vault
        self._open: dict[str, CubeStore] = {}
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

        Raises `LockedError`, `CubeLockedError`, `NotFoundError`, and what `CubeStore.open` raises.
        """
        with self._lock:
            keys = self._vault.cube_keys(cube_id)
            store = self._open.get(cube_id)
            if store is None:
                store = self._open[cube_id] = CubeStore.open(self.folder(cube_id), cube_id, keys)
        return store

    def default(self) -> CubeStore:
        """The default cube."""
        return self.get(self._vault.default_cube())

    def all_open(self) -> tuple[CubeStore, ...]:
        """Every cube that is not locked, the default first."""
        default = self._vault.default_cube()
        ids = sorted(self._vault.cube_ids(), key=lambda cube_id: cube_id != default)
        return tuple(self.get(cube_id) for cube_id in ids if not self._vault.cube_locked(cube_id))

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
        """Close every open cube."""
        with self._lock:
            while self._open:
                self._open.popitem()[1].close()

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
            self.close(cube_id)
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
