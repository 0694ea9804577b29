"""MemoryOS, the only door for `app/` and `cli/`: it opens, wires and closes the services, and does no work itself."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from memos_engine.logs import close_log, open_log
from memos_engine.services import guarding, reading
from memos_engine.services.access import AccessService
from memos_engine.services.archives import ArchiveService
from memos_engine.services.chats import ChatService
from memos_engine.services.closing import close_at_exit, closed
from memos_engine.services.cubes import CubeService
from memos_engine.services.home import OpenHome
from memos_engine.services.housekeeping import Housekeeping
from memos_engine.services.imports import ImportService
from memos_engine.services.jobs import JobService
from memos_engine.services.memories import MemoryService
from memos_engine.services.models import ModelService
from memos_engine.services.recall import RecallService
from memos_engine.settings import Settings
from memos_engine.types import MemoryChanges, Status
from memos_engine.vault.home import default_home

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

    def __init__(self, home: OpenHome, *, housekeeping: bool = True) -> None:
        self._home = home
        self._log = open_log(home.path)
        self.home = home.path
        self.settings = home.settings
        self.access = AccessService(home)
        self.chats = ChatService(home)
        self.memories = MemoryService(home)
        self.recall = RecallService(home)
        self.cubes = CubeService(home)
        self.models = ModelService(home)
        self.imports = ImportService(home)
        self.archives = ArchiveService(home)
        self.jobs = JobService(home)
        if housekeeping:
            Housekeeping(home)
        else:
            home.when_opened(partial(guarding.look_through_all, home))
            home.when_cube_opened(lambda _: guarding.look_through_all(home))
        close_at_exit(self, self.close)

    @classmethod
    def open(cls, home: Path | None = None, *, housekeeping: bool = True) -> "MemoryOS":
        """Open the home (default: the platform's data folder). Reads no content and asks for no key yet.

        `housekeeping`: after an unlock read what is unread, empty old trash and watch for other processes, in the
        background; a command that ends at once does without.
        """
        return cls(OpenHome(home if home is not None else default_home()), housekeeping=housekeeping)

    def subscribe(self, listener: Callable[[MemoryChanges], None]) -> Callable[[], None]:
        """Call `listener` from the changing thread after every change; returns the way to end it."""
        return self._home.subscribe(listener)

    def status(self) -> Status:
        """What is open, what serves, what waits."""
        home = self._home
        is_open = home.vault.is_open
        return Status(
            home=self.home,
            locked=not is_open,
            cubes=self.cubes.list() if is_open else (),
            model=home.chosen_model().stem,
            encoder=home.chosen_encoder().name,
            queue=self.jobs.list(),
            waiting_to_read=reading.waiting(home) if is_open else 0,
        )

    def close(self) -> None:
        """End the background work, seal the snapshots, drop the keys, release the model. The interpreter's exit does it
        where nobody did."""
        closed(self)
        try:
            self.access.lock()
        finally:
            self._home.close()
            close_log(self._log)
