"""One open home: the parts below the services, made once and shared by them."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from memos_engine.errors import LockedError
from memos_engine.resources import default_weights
from memos_engine.settings import Settings
from memos_engine.types import CancelToken, MemoryChanges, ModelInfo, ProgressCallback, no_progress

if TYPE_CHECKING:
    from memos_engine.cube.shelf import CubeShelf
    from memos_engine.encoder import SentenceEncoder
    from memos_engine.governance.gate import Gate
    from memos_engine.inference.host import ModelHost
    from memos_engine.language.pipeline import LanguagePipeline
    from memos_engine.lifecycle.lifecycle import Lifecycle
    from memos_engine.reader.protocol import Reader
    from memos_engine.retrieval.retrieval import Retrieval
    from memos_engine.scheduler.queue import JobQueue
    from memos_engine.vault.vault import Vault

log = logging.getLogger(__name__)
_THREADS = 2


class OpenHome:
    """The parts of one home, in the order in which they stand on each other, and who hears what changed.

    Nothing is read and no key is asked for until `open_content`, which follows an unlock. Heavy parts (encoder,
    pipeline, reader) come to life when they are first asked for.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.settings = Settings(path / "settings.toml")
        self.model_of_this_run: Path | None = None
        """A chat model that serves until the program ends, in the place of the chosen one."""
        self._listeners: list[Callable[[MemoryChanges], None]] = []
        self._opened: list[Callable[[], None]] = []
        self._closing: list[Callable[[], None]] = []

    @cached_property
    def vault(self) -> "Vault":
        """The keys."""
        from memos_engine.vault.vault import Vault

        return Vault(self.path)

    @cached_property
    def shelf(self) -> "CubeShelf":
        """The open cubes."""
        from memos_engine.cube.shelf import CubeShelf

        return CubeShelf(self.path, self.vault)

    @cached_property
    def gate(self) -> "Gate":
        """Which memory a call may read."""
        from memos_engine.governance.gate import Gate

        return Gate(self.shelf, self.vault)

    @cached_property
    def retrieval(self) -> "Retrieval":
        """The ranked search."""
        from memos_engine.retrieval.retrieval import Retrieval

        return Retrieval(self.shelf, lambda: self.encoder)

    @cached_property
    def lifecycle(self) -> "Lifecycle":
        """Every change of memories."""
        from memos_engine.lifecycle.lifecycle import Lifecycle

        return Lifecycle(self.shelf, self.retrieval)

    @cached_property
    def host(self) -> "ModelHost":
        """The chat model."""
        from memos_engine.inference.host import ModelHost

        return ModelHost()

    @cached_property
    def queue(self) -> "JobQueue":
        """Background work."""
        from memos_engine.scheduler.queue import JobQueue

        return JobQueue()

    @cached_property
    def encoder(self) -> "SentenceEncoder":
        """The sentence encoder in use; loaded at the first call."""
        from memos_engine.encoder import SentenceEncoder

        return SentenceEncoder.open(self.chosen_encoder())

    @cached_property
    def pipeline(self) -> "LanguagePipeline":
        """The parser; loaded at the first call."""
        from memos_engine.language.pipeline import LanguagePipeline

        chosen = self.settings.text("encoder.pipeline")
        return LanguagePipeline(Path(chosen) if chosen else None)

    @cached_property
    def reader(self) -> "Reader":
        """What turns words into candidate memories."""
        from memos_engine.reader.linguistic import LinguisticReader

        return LinguisticReader(self.pipeline)

    @cached_property
    def pool(self) -> ThreadPoolExecutor:
        """A few threads for what is read and encoded beside a reply."""
        return ThreadPoolExecutor(_THREADS, thread_name_prefix="reading")

    def require_open(self) -> None:
        """Raise `LockedError` unless the vault is open."""
        if not self.vault.is_open:
            raise LockedError("Your memories are locked.", "Unlock them first.")

    def chosen_model(self) -> Path:
        """The chat model of this run, else of the settings, else the one that came along."""
        if self.model_of_this_run is not None:
            return self.model_of_this_run
        chosen = self.settings.text("model.path")
        return Path(chosen) if chosen else default_weights("chat").path

    def chosen_encoder(self) -> Path:
        """The sentence encoder's folder of the settings, or the one that came along."""
        chosen = self.settings.text("encoder.path")
        return Path(chosen) if chosen else default_weights("encoder").path

    def ready_model(self, *, progress: ProgressCallback = no_progress, cancel: CancelToken | None = None) -> ModelInfo:
        """The loaded chat model; the chosen one is loaded when there is none. Raises as `ModelHost.load`."""
        return self.host.ensure(self.chosen_model(), self.settings, progress=progress, cancel=cancel)

    # --- who hears what

    def subscribe(self, listener: Callable[[MemoryChanges], None]) -> Callable[[], None]:
        """Call `listener` after every change, in the changing thread; returns the way to end it."""
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end

    def publish(self, changes: MemoryChanges) -> None:
        """Tell every listener; one that fails does not keep the others from hearing it."""
        for listener in tuple(self._listeners):
            try:
                listener(changes)
            except Exception:  # a listener's fault is not the change's
                log.exception("a listener failed")

    # --- unlock and lock

    def when_opened(self, call: Callable[[], None]) -> None:
        """Call after each unlock, once the cubes are open (a service's recovery and housekeeping)."""
        self._opened.append(call)

    def when_closing(self, call: Callable[[], None]) -> None:
        """Call before each lock, while the cubes are still open."""
        self._closing.append(call)

    def open_content(self) -> None:
        """After an unlock: put in order what a crash left, and let the services begin their background work."""
        self.lifecycle.recover()
        for call in self._opened:
            call()

    def close_content(self) -> None:
        """Before a lock: end the background work, let the services let go, close the cubes, drop what is derived."""
        for call in self._closing:
            call()
        if "queue" in vars(self):
            vars(self).pop("queue").close()
        if "pool" in vars(self):
            vars(self).pop("pool").shutdown(cancel_futures=True)
        if "retrieval" in vars(self):
            self.retrieval.close_all()
        self.shelf.close_all()
        if "host" in vars(self) and self.host.current is not None:
            self.host.unload()

    def close(self) -> None:
        """End what outlives a lock."""
        for name in ("host", "encoder"):
            part = vars(self).pop(name, None)
            if part is not None:
                part.close()
