"""MemoryOS, the only door for `app/` and `cli/`: it opens, wires and closes the services, and does no work itself."""

from collections.abc import Callable
from pathlib import Path

from memos_engine.services.access import AccessService
from memos_engine.services.archives import ArchiveService
from memos_engine.services.chats import ChatService
from memos_engine.services.cubes import CubeService
from memos_engine.services.imports import ImportService
from memos_engine.services.jobs import JobService
from memos_engine.services.memories import MemoryService
from memos_engine.services.models import ModelService
from memos_engine.services.recall import RecallService
from memos_engine.settings import Settings
from memos_engine.types import MemoryChanges, Status

__all__ = ["MemoryOS"]


class MemoryOS:
    """One open home. Every method of its services may be called from any thread, blocks, and is durable on return.

    `access` is usable while the vault is new or locked; every other service then raises `LockedError`.
    """

    home: Path
    settings: Settings
    access: AccessService
    chats: ChatService
    memories: MemoryService
    recall: RecallService
    cubes: CubeService
    models: ModelService
    imports: ImportService
    archives: ArchiveService
    jobs: JobService

    @classmethod
    def open(cls, home: Path | None = None) -> "MemoryOS":
        """Open the home (default: the platform's data folder). Reads no content and asks for no key yet."""
        raise NotImplementedError

    def subscribe(self, listener: Callable[[MemoryChanges], None]) -> Callable[[], None]:
        """Call `listener` from the changing thread after every change; returns the way to end it."""
        raise NotImplementedError

    def status(self) -> Status:
        """What is open, what serves, what waits."""
        raise NotImplementedError

    def close(self) -> None:
        """End the background work, seal the snapshots, drop the keys, release the model."""
        raise NotImplementedError
