"""One open home: the parts below the services, made once and shared by them."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from memos_engine.cube.shelf import CubeShelf
from memos_engine.encoder import SentenceEncoder
from memos_engine.errors import (
    CubeLockedError,
    DamagedError,
    InUseError,
    LockedError,
    ModelError,
    ModelRejectedError,
    NotFoundError,
)
from memos_engine.governance.gate import Gate
from memos_engine.inference.host import ModelHost
from memos_engine.language.pipeline import LanguagePipeline
from memos_engine.lifecycle.lifecycle import Lifecycle
from memos_engine.parametric.registry import AdapterRegistry
from memos_engine.reader.protocol import Reader
from memos_engine.resources import adapters_dir, default_weights
from memos_engine.retrieval.retrieval import Retrieval
from memos_engine.scheduler.queue import JobQueue, Priority
from memos_engine.services import backups
from memos_engine.services.answerability import Weighing
from memos_engine.services.sealed_settings import SealedSettings
from memos_engine.settings import Settings
from memos_engine.types import CancelToken, ChangeKind, MemoryChanges, ModelInfo, ProgressCallback, no_progress
from memos_engine.vault.home import check_place
from memos_engine.vault.home_lock import HomeLock
from memos_engine.vault.vault import Vault

_log = logging.getLogger(__name__)
_THREADS = 2
TRIALS = "models-tried.json"
"""Which model files llama.cpp was seen to run or to stop at, by digest."""


class OpenHome:
    """The parts of one home, in the order in which they stand on each other, and who hears what changed.

    Nothing is read and no key is asked for until `open_content`, which follows an unlock. Encoder, pipeline and reader
    come to life when they are first asked for; so does the model, by `ready_model`.
    """

    def __init__(self, path: Path) -> None:
        check_place(path)
        self.path = path
        self._held = HomeLock(path)
        if backups.restore_is_cut(path):
            with suppress(InUseError), self._held.alone():  # in use: the restore itself is under way
                backups.finish_restore(path)
        self.settings = Settings(path / "settings.toml")
        self.vault = Vault(path)
        self.shelf = CubeShelf(path, self.vault)
        self.gate = Gate(self.shelf, self.vault)
        self.retrieval = Retrieval(self.shelf, lambda: self.encoder)
        self.lifecycle = Lifecycle(self.shelf, self.retrieval)
        self.host = ModelHost(path / TRIALS)
        self.adapters = AdapterRegistry((adapters_dir(),))
        self.queue = JobQueue()
        """Background work; a new queue after each unlock."""
        self.reading = threading.Lock()
        """Held for each step of the background reading, and by whoever takes away what it may be reading."""
        self.pool = _new_pool()
        """A few threads for what is read beside a reply; new ones after each unlock."""
        self.model_of_this_run: Path | None = None
        """A chat model that serves until the program ends, in the place of the chosen one."""
        self._encoder: SentenceEncoder | None = None
        self._pipeline: LanguagePipeline | None = None
        self._reader: Reader | None = None
        self._making = threading.RLock()
        self._listeners: list[Callable[[MemoryChanges], None]] = []
        self._opened: list[Callable[[], None]] = []
        self._cube_opened: list[Callable[[str], None]] = []
        self._closing: list[Callable[[str | None], None]] = []

    @property
    def encoder(self) -> SentenceEncoder:
        """The sentence encoder in use; loaded at the first call."""
        with self._making:
            if self._encoder is None:
                self._encoder = SentenceEncoder.open(self.chosen_encoder())
            return self._encoder

    @encoder.setter
    def encoder(self, encoder: SentenceEncoder) -> None:
        self._encoder = encoder

    @property
    def pipeline(self) -> LanguagePipeline:
        """The parser; it loads itself at its first use."""
        with self._making:
            if self._pipeline is None:
                chosen = self.settings.text("encoder.pipeline")
                self._pipeline = LanguagePipeline(Path(chosen) if chosen else None)
            return self._pipeline

    @pipeline.setter
    def pipeline(self, pipeline: LanguagePipeline) -> None:
        self._pipeline = pipeline

    @property
    def reader(self) -> Reader:
        """What turns words into candidate memories: the model of the person's choice, or the parse."""
        from memos_engine.services.preferred_reader import PreferredReader

        with self._making:
            if self._reader is None:
                self._reader = PreferredReader(self)
            return self._reader

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
        """The chosen chat model, loaded when it is not, with its adapter where that is wanted.
        Raises `LockedError`, as `ModelHost.load`, and `ModelRejectedError` where its file is gone."""
        self.require_open()
        try:
            info = self.host.ensure(self.chosen_model(), self.settings, progress=progress, cancel=cancel)
        except NotFoundError as error:
            raise ModelRejectedError(error.message, "Choose another model in Models, or put the file back.") from error
        if not self._adapted(info):
            self._adapted(info)
        return info

    def _adapted(self, info: ModelInfo) -> bool:
        """Let the model's adapter serve where that is wanted; False where one could not and is refused. That may have
        been the copy that it is merged into, and it can serve beside the model."""
        offered = self.adapters.of(info) if self.settings.flag("model.adapter") else None
        adapter, merged = (offered.file, offered.merged) if offered else (None, None)
        if self.host.adapter == adapter:
            return True
        try:
            self.host.adapt(adapter, merged)
        except ModelError as error:
            if merged is None and not isinstance(error, ModelRejectedError):
                raise
            if self.host.current == info:  # else another model was loaded meanwhile, and it is not to blame
                self.adapters.refuse(adapter, error)
            return False
        return True

    def weighing(self) -> Weighing | None:
        """What decides with the model whether it answers from notes; None where it serves without an adapter."""
        serving = self.host.current
        offered = self.adapters.of(serving) if serving is not None and self.host.adapter is not None else None
        return Weighing.of(offered.card.weighing) if offered is not None else None

    # --- who hears what

    def subscribe(self, listener: Callable[[MemoryChanges], None]) -> Callable[[], None]:
        """Call `listener` after every change, in the changing thread; returns the way to end it."""
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end

    def publish(self, changes: MemoryChanges) -> None:
        """Tell every listener; one that fails does not keep the others from hearing it. The model keeps nothing of what
        was forgotten."""
        if any(change.kind is ChangeKind.FORGOTTEN for change in changes.memories):
            self.host.forget_state()
        for listener in tuple(self._listeners):
            try:
                listener(changes)
            except Exception:  # noqa: BLE001 - a listener's fault is not the change's
                _log.exception("a listener failed")

    # --- unlock and lock

    def claim(self) -> None:
        """Before an unlock: hold the home, so that no other program replaces or deletes it until it is locked.

        A restore that a crash cut is finished first. Raises `InUseError` while another program restores or deletes.
        """

        def finish() -> None:
            if backups.finish_restore(self.path) is not None:
                self.settings.reload()

        self._held.share(finish)

    def alone(self) -> AbstractContextManager[None]:
        """While the block runs no other program has this home open. Raises `InUseError` when one has."""
        return self._held.alone()

    def when_opened(self, call: Callable[[], None]) -> None:
        """Call after each unlock, once the cubes are open (a service's recovery and housekeeping)."""
        self._opened.append(call)

    def when_cube_opened(self, call: Callable[[str], None]) -> None:
        """Call after one cube was unlocked while the home is open, with its id."""
        self._cube_opened.append(call)

    def cube_opened(self, cube_id: str) -> None:
        """After one cube was unlocked: finish what was cut in it, and let the services take up its work."""
        self.lifecycle.recover()
        for call in self._cube_opened:
            call(cube_id)

    def tend_later(self, cube_id: str) -> None:
        """Bring a cube's vectors and index up to date in the background; one that is closed meanwhile is left."""

        def tend(progress: ProgressCallback, cancel: CancelToken) -> None:
            with suppress(CubeLockedError, NotFoundError):
                self.retrieval.tend(cube_id, progress, cancel)

        self.queue.submit("Bringing the index up to date", tend, priority=Priority.LOW)

    def when_closing(self, call: Callable[[str | None], None]) -> None:
        """Call before each lock, while the cubes are still open, with None; before one cube closes, with its id."""
        self._closing.append(call)

    def open_content(self) -> None:
        """After an unlock: put in order what a crash left, and let the services begin their background work."""
        self.settings.unseal(SealedSettings(self.path, self.vault))
        self._keep_a_usable_default()
        for call in (self.lifecycle.recover, *self._opened):
            self._around_damage(call)

    def set_damaged_aside(self) -> None:
        """Close the cubes that were found to be damaged, and tell whoever listens; the others go on."""
        found = self.shelf.set_aside()
        if not found:
            return
        for cube_id in found:
            _log.warning("cube %s is damaged and was set aside", cube_id)
            self.retrieval.close(cube_id)
        self._keep_a_usable_default()
        self.publish(MemoryChanges(cubes=found, elsewhere=True))

    def _around_damage(self, call: Callable[[], None]) -> None:
        """Work over all cubes; where it comes upon a damaged one, once more without it."""
        usable = self.shelf.all_open()
        while True:
            try:
                call()
            except DamagedError:
                self.set_damaged_aside()
                before, usable = usable, self.shelf.all_open()
                if usable == before:
                    raise
            else:
                return

    def _keep_a_usable_default(self) -> None:
        """A default that does not open passes it on, as one that is locked does. Raises where no cube opens."""
        usable = self.shelf.all_open()
        if self.vault.default_cube() not in {store.cube_id for store in usable}:
            self.vault.set_default_cube(usable[0].cube_id)

    def lock(self) -> None:
        """End the background work, let the services let go, close the cubes, drop what is derived, then the keys.

        The model goes too, since its state holds what was said.
        """
        try:
            if self.vault.is_open:
                self._close_and_lock()
        finally:
            self._held.release()

    def _close_and_lock(self) -> None:
        try:
            self._close_content()
        finally:
            self.host.unload()  # what a turn that came meanwhile has loaded
            self.settings.seal()
            self.vault.lock()
            self.shelf.close_all()  # what somebody opened while the rest was being closed

    def _close_content(self) -> None:
        self._let_go(None)
        if self.host.current is not None:
            self.host.unload()  # what reads by the model ends with it, so that nothing below waits for it
        self.queue.close()
        self.queue = JobQueue()
        self.pool.shutdown(cancel_futures=True)
        self.pool = _new_pool()
        self.retrieval.close_all()
        self.shelf.close_all()

    def close_cube(self, cube_id: str) -> None:
        """Before one cube is locked or destroyed: end what works in it."""
        self._let_go(cube_id)
        self.retrieval.close(cube_id)
        self.host.forget_state()

    def _let_go(self, cube_id: str | None) -> None:
        for call in self._closing:
            call(cube_id)

    def close(self) -> None:
        """End what outlives a lock."""
        self.host.close()
        self.pool.shutdown(cancel_futures=True)
        if self._encoder is not None:
            self._encoder.close()


def _new_pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="reading")
