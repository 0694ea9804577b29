"""MemCubes as a person handles them."""

from typing import TYPE_CHECKING

from memos_engine.errors import DamagedError, DiskError, InputError, NewerFormatError, NotFoundError
from memos_engine.types import CubeInfo, MemoryChanges, Protector

if TYPE_CHECKING:
    from memos_engine.services.home import OpenHome

_LONGEST_NAME = 80


class CubeService:
    """List, make, rename, lock, unlock and destroy cubes. `cube` arguments take an id or a name.

    Every call needs an open vault (`LockedError`).
    """

    def __init__(self, home: "OpenHome") -> None:
        self._home = home

    def list(self) -> tuple[CubeInfo, ...]:
        """All cubes, the default first, then by name; a damaged one says what is wrong with it."""
        infos = [self._info(cube_id) for cube_id in self._home.vault.cube_ids()]
        return tuple(sorted(infos, key=lambda info: (not info.default, info.name.casefold())))

    def get(self, cube: str) -> CubeInfo:
        """One cube by id or name; `NotFoundError`."""
        return self._info(self._id(cube))

    def create(self, name: str, description: str = "") -> CubeInfo:
        """A new cube with a data key of its own; `InputError` for a name that is taken or empty."""
        store = self._home.shelf.create(self._free_name(name), description=description)
        self._home.publish(MemoryChanges(cubes=(store.cube_id,)))
        return self._info(store.cube_id)

    def rename(self, cube: str, name: str) -> MemoryChanges:
        """Give it another name."""
        cube_id = self._id(cube)
        new_name = self._free_name(name, but=cube_id)
        store = self._home.shelf.get(cube_id)
        # The vault's name counts; where the second step is cut, the next opening of the cube takes it.
        self._home.vault.set_cube_label(cube_id, new_name)
        store.describe(name=new_name)
        return self._changed(cube_id)

    def set_default(self, cube: str) -> MemoryChanges:
        """New conversations and memories go there. Raises `CubeLockedError` for a locked one."""
        cube_id = self._id(cube)
        self._home.shelf.get(cube_id)
        self._home.vault.set_default_cube(cube_id)
        return self._changed(cube_id)

    def set_chats_may_read(self, cube: str, allowed: bool) -> MemoryChanges:
        """Whether chats may read this cube."""
        cube_id = self._id(cube)
        self._home.shelf.get(cube_id).describe(chats_may_read=allowed)
        return self._changed(cube_id)

    def lock(self, cube: str) -> MemoryChanges:
        """Close it and keep it closed, across restarts, until unlocked. Another open cube becomes the default then.

        The last open cube cannot be locked (`InputError`): nothing new could be kept anywhere.
        """
        cube_id = self._id(cube)
        if not self._home.vault.cube_locked(cube_id):
            if not self._open_besides(cube_id):
                raise InputError(
                    "The last open cube cannot be locked: new chats and memories need one.",
                    "Open or make another cube first, or lock everything (Ctrl+L in the window).",
                )
            self._home.close_cube(cube_id)
            self._home.shelf.lock(cube_id)
        return self._changed(cube_id, self._home.vault.default_cube())

    def unlock(self, cube: str, passphrase: str | None = None) -> MemoryChanges:
        """Open it; asks for the passphrase where the vault has one.

        Raises `InputError` when it is missing, `WrongSecretError`, `WaitError`, and what opening a damaged cube raises.
        """
        cube_id = self._id(cube)
        if self._home.vault.cube_locked(cube_id):
            if Protector.PASSPHRASE in self._home.vault.info().protectors:
                if passphrase is None:
                    raise InputError("This cube opens with your passphrase.", "Give the passphrase.")
                self._home.vault.verify_passphrase(passphrase)
            self._home.shelf.unlock(cube_id)
            self._home.shelf.get(cube_id)
            self._home.cube_opened(cube_id)
        return self._changed(cube_id)

    def destroy(self, cube: str) -> MemoryChanges:
        """Destroy its key first, then its files. The last open cube cannot be destroyed (`InputError`).

        Raises `DiskError` when files are left behind; nobody can read them any more.
        """
        cube_id = self._id(cube)
        if len(self._home.vault.cube_ids()) == 1:
            raise InputError("The last cube cannot be destroyed.", "Make another one first, or delete everything.")
        if not self._open_besides(cube_id):
            raise InputError("The last open cube cannot be destroyed.", "Unlock another one first.")
        self._home.close_cube(cube_id)
        self._home.shelf.destroy(cube_id)
        return self._changed(cube_id, self._home.vault.default_cube())

    def _open_besides(self, cube_id: str) -> bool:
        """Whether another cube can be read and written."""
        return any(other != cube_id and self._home.shelf.opens(other) for other in self._home.vault.cube_ids())

    def _id(self, cube: str) -> str:
        ids = self._home.vault.cube_ids()
        if cube in ids:
            return cube
        for cube_id in ids:
            if self._home.vault.cube_label(cube_id).casefold() == cube.strip().casefold():
                return cube_id
        raise NotFoundError(f"There is no cube “{cube}”.", "`memos cube list` names them.")

    def _free_name(self, name: str, but: str = "") -> str:
        """The name as it will be kept; `InputError` where it cannot be."""
        name = " ".join(name.split())
        if not name or len(name) > _LONGEST_NAME or not name.isprintable():
            raise InputError("A cube needs a name of 1 to 80 letters.", "Give another name.")
        for cube_id in self._home.vault.cube_ids():
            taken = (cube_id, self._home.vault.cube_label(cube_id).casefold())
            if cube_id != but and name.casefold() in taken:
                raise InputError(f"There is a cube “{name}” already.", "Give another name.")
        return name

    def _info(self, cube_id: str) -> CubeInfo:
        vault = self._home.vault
        default = vault.default_cube() == cube_id
        label = vault.cube_label(cube_id)
        if vault.cube_locked(cube_id):
            return CubeInfo(cube_id, label, locked=True, default=default)
        try:
            store = self._home.shelf.get(cube_id)
            header, counts = store.header(), store.counts()
        except (DamagedError, NewerFormatError, DiskError) as error:
            return CubeInfo(cube_id, label, locked=False, default=default, damaged=error.message)
        return CubeInfo(
            id=cube_id,
            name=label,
            locked=False,
            items=counts.items,
            messages=counts.messages,
            conversations=counts.conversations,
            created=header.created,
            updated=header.updated,
            description=header.description,
            owner=header.owner,
            origin=header.origin,
            format_version=header.format_version,
            chats_may_read=header.chats_may_read,
            default=default,
        )

    def _changed(self, *cube_ids: str) -> MemoryChanges:
        changes = MemoryChanges(cubes=tuple(dict.fromkeys(cube_ids)))
        self._home.publish(changes)
        return changes
