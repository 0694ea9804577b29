"""MemCubes as a person handles them."""

from memos_engine.types import CubeInfo, MemoryChanges


class CubeService:
    """List, make, rename, lock, unlock and destroy cubes. `cube` arguments take an id or a name."""

    def list(self) -> tuple[CubeInfo, ...]:
        """All cubes, the default first."""
        raise NotImplementedError

    def get(self, cube: str) -> CubeInfo:
        """One cube by id or name; `NotFoundError`."""
        raise NotImplementedError

    def create(self, name: str, description: str = "") -> CubeInfo:
        """A new cube with a data key of its own; `InputError` for a name that is taken or empty."""
        raise NotImplementedError

    def rename(self, cube: str, name: str) -> MemoryChanges:
        """Give it another name."""
        raise NotImplementedError

    def set_default(self, cube: str) -> MemoryChanges:
        """New conversations and memories go there."""
        raise NotImplementedError

    def set_chats_may_read(self, cube: str, allowed: bool) -> MemoryChanges:
        """Whether chats may read this cube."""
        raise NotImplementedError

    def lock(self, cube: str) -> MemoryChanges:
        """Close it and keep it closed, across restarts, until unlocked."""
        raise NotImplementedError

    def unlock(self, cube: str, passphrase: str | None = None) -> MemoryChanges:
        """Open it; asks for the passphrase where the vault has one."""
        raise NotImplementedError

    def destroy(self, cube: str) -> MemoryChanges:
        """Destroy its key first, then its files. The last cube cannot be destroyed."""
        raise NotImplementedError
