"""The one way to run engine work off the GUI thread, and to hear what changed.

A page calls `operations.run(self, "Search", lambda progress, cancel: engine.recall.search(text), on_done=self._show)`.
The work runs in a pool; result, progress and error come back on the GUI thread, and are dropped when the page is gone.
"""

import logging
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, runtime_checkable

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from memos_engine.errors import CancelledError, MemosError
from memos_engine.memory_os import MemoryOS
from memos_engine.types import (
    CancelToken,
    ChatEvent,
    MemoriesUsed,
    MemoryChanges,
    Prefilled,
    Progress,
    ProgressCallback,
    TextDelta,
)

T = TypeVar("T")
log = logging.getLogger("memos.app")

PAINTS_PER_SECOND = 30
QUICK_THREADS = 3
LONG_THREADS = 8


@dataclass(frozen=True)
class Fault:
    """A failure as the person sees it. `ours`: a fault of the program, not of what was asked for."""

    message: str
    hint: str
    ours: bool = False
    code: str = "failed"
    error: Exception | None = None

    @classmethod
    def of(cls, label: str, error: Exception) -> "Fault":
        """The face of an exception. What is not a `MemosError` tells neither its text nor its traceback."""
        if isinstance(error, MemosError):
            return cls(error.message, error.hint, code=error.code, error=error)
        return cls(f"“{label}” failed.", "This is a fault of ours; the log in Settings says where.", True, error=error)


@runtime_checkable
class ShowsFaults(Protocol):
    """A widget with a place for errors: the nearest one above the work shows them."""

    def show_fault(self, fault: Fault) -> None:
        """Show it, with a way on."""


class Task(QObject):
    """One piece of work under way. `progressed` and `ended` fire on the GUI thread."""

    progressed = Signal(object)
    ended = Signal()

    def __init__(self, label: str, listed: bool, keeps: bool = False) -> None:
        super().__init__()
        self.label = label
        self.keeps = keeps
        """Whether it keeps what the person wrote."""
        self.listed = listed
        """Whether it stands in the list of long work."""
        self.cancel_token = CancelToken()
        self.progress = Progress(0)
        self.started = time.monotonic()
        self.running = True

    def cancel(self) -> None:
        """Ask the work to stop."""
        self.cancel_token.cancel()

    @property
    def rate(self) -> float:
        """Units a second since it started."""
        return self.progress.done / max(time.monotonic() - self.started, 1e-3)

    @property
    def left_s(self) -> float | None:
        """Seconds that remain; None while unknown."""
        if self.progress.total <= 0 or self.rate <= 0:
            return None
        return max(0.0, (self.progress.total - self.progress.done) / self.rate)


class Operations(QObject):
    """Runs work for the window of one open `MemoryOS`, and tells what changed."""

    changed = Signal(MemoryChanges)
    """Something changed in the engine, whoever changed it."""
    tasks_changed = Signal()
    """A listed task began or ended."""
    _finished = Signal(object)

    def __init__(self, engine: MemoryOS, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.engine = engine
        self._quick = _started_pool(QUICK_THREADS, "window-quick")
        self._long = _started_pool(LONG_THREADS, "window-long")
        self._keeping = _started_pool(1, "window-keeping")
        self._latest: dict[str, Task] = {}
        self._tasks: list[Task] = []
        self._closed = False
        self._finished.connect(_call)
        self._unsubscribe = engine.subscribe(self.changed.emit)

    def run(
        self,
        parent: QObject,
        label: str,
        work: Callable[[ProgressCallback, CancelToken], T],
        on_done: Callable[[T], Any] | None = None,
        on_error: Callable[[Fault], Any] | None = None,
        on_progress: Callable[[Progress], Any] | None = None,
        *,
        key: str = "",
        long: bool = False,
        listed: bool = False,
        keeps: bool = False,
    ) -> Task:
        """Run `work(progress, cancel)` in a thread of its own and call back on the GUI thread.

        Nothing is called once `parent` is destroyed. With a `key`, new work cancels and silences what runs under the
        same key: as-you-type search. `long` work (waits for the model, or takes seconds) does not hold up quick work;
        `listed` work is long and stands in the list of long work. Work that `keeps` what the person wrote is done in
        the order of the calls, one after the other, and not given up: `wait_kept` and `close` wait for it.

        Without `on_error`, the nearest widget above `parent` that `ShowsFaults` shows the error. A `CancelledError`
        only ends the task.
        """
        task = Task(label, listed, keeps)
        if self._closed:
            task.cancel()
            return task
        if key:
            if key in self._latest:
                self._latest[key].cancel()
            self._latest[key] = task
        self._tasks.append(task)
        mailbox = _Mailbox()

        def wanted() -> bool:
            return shiboken6.isValid(parent) and (not key or self._latest.get(key) is task)

        def show_progress() -> None:
            task.progress = mailbox.take()
            task.progressed.emit(task.progress)
            if on_progress is not None and wanted():
                on_progress(task.progress)

        def report(progress: Progress) -> None:
            if mailbox.put(progress):
                self._finished.emit(show_progress)

        def finish(deliver: Callable[[], Any], error: Exception | None = None) -> None:
            task.running = False
            self._tasks.remove(task)
            current = wanted()
            if key and self._latest.get(key) is task:
                del self._latest[key]
            task.ended.emit()
            if listed:
                self.tasks_changed.emit()
            if not current or isinstance(error, CancelledError):
                return
            if error is not None:
                (on_error or fault_shower(parent))(Fault.of(label, error))
            else:
                deliver()

        def body() -> None:
            try:
                task.cancel_token.check()
                result = work(report, task.cancel_token)
            except Exception as caught:  # noqa: BLE001 - the border where every failure becomes a Fault
                error = caught
                _log(label, error)
                if keeps:
                    log.warning("not kept: %r: %s", label, Fault.of(label, error).code)
                self._finished.emit(lambda: finish(_nothing, error))
            else:
                self._finished.emit(lambda: finish(_nothing if on_done is None else lambda: on_done(result)))

        (self._keeping if keeps else self._long if long or listed else self._quick).submit(body)
        if listed:
            self.tasks_changed.emit()
        return task

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The listed work that runs now, oldest first."""
        return tuple(task for task in self._tasks if task.listed)

    def cancel_all(self) -> None:
        """Ask everything that runs to stop, but for what `keeps`: before locking and at the end."""
        for task in self._tasks:
            if not task.keeps:
                task.cancel_token.cancel(by_person=False)

    def wait_kept(self) -> None:
        """Return once all that was to be kept so far is, or failed. For work that locks or replaces the home: the GUI
        thread paints meanwhile."""
        self._keeping.submit(_nothing).result()

    def close(self) -> None:
        """Stop everything but what `keeps`, and wait for the threads. What is asked for afterwards is not begun."""
        self._closed = True
        self.cancel_all()
        self._unsubscribe()
        self._quick.shutdown(wait=True, cancel_futures=True)
        self._long.shutdown(wait=True, cancel_futures=True)
        self._keeping.shutdown(wait=True)


class _Mailbox:
    """The latest progress, from the working thread to the GUI thread: a fast worker must not flood the event loop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest = Progress(0)
        self._waiting = False

    def put(self, progress: Progress) -> bool:
        """Keep it; whether the GUI thread has to be told."""
        with self._lock:
            self._latest, told, self._waiting = progress, self._waiting, True
            return not told

    def take(self) -> Progress:
        """The latest one."""
        with self._lock:
            self._waiting = False
            return self._latest


class ChatStream(QObject):
    """Chat events, from the engine's thread to the GUI thread, with text coalesced to `PAINTS_PER_SECOND`."""

    recalled = Signal(MemoriesUsed)
    prefilled = Signal(Prefilled)
    text = Signal(str, str)
    """Message id and what was added since the last one."""
    _arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: list[ChatEvent] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(1000 // PAINTS_PER_SECOND)
        self._timer.timeout.connect(self.flush)
        self._arrived.connect(self._arm)

    def listen(self, event: ChatEvent) -> None:
        """The `on_event` of a chat call; from any thread."""
        with self._lock:
            self._waiting.append(event)
            first = len(self._waiting) == 1
        if first and shiboken6.isValid(self):
            self._arrived.emit()

    def _arm(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def flush(self) -> None:
        """Deliver what waits, now."""
        with self._lock:
            events, self._waiting = self._waiting, []
        grown: dict[str, list[str]] = {}
        prefill: Prefilled | None = None
        for event in events:
            if isinstance(event, MemoriesUsed):
                self.recalled.emit(event)
            elif isinstance(event, Prefilled):
                prefill = event
            elif isinstance(event, TextDelta):
                grown.setdefault(event.message_id, []).append(event.text)
        if prefill is not None:
            self.prefilled.emit(prefill)
        for message_id, pieces in grown.items():
            self.text.emit(message_id, "".join(pieces))


def _started_pool(threads: int, name: str) -> ThreadPoolExecutor:
    """A pool whose threads run already: starting one on a busy machine holds up the thread that starts it."""
    pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
    everyone = threading.Event()
    for _ in range(threads):
        pool.submit(everyone.wait)
    everyone.set()
    return pool


def _call(deliver: Callable[[], None]) -> None:
    deliver()


def _nothing() -> None:
    pass


def fault_shower(parent: QObject) -> Callable[[Fault], Any]:
    """What shows a fault of work that `parent` began: the nearest widget above it that `ShowsFaults`."""
    above: QObject | None = parent
    while above is not None:
        if isinstance(above, ShowsFaults):
            return above.show_fault
        above = above.parentWidget() if isinstance(above, QWidget) else above.parent()
    return lambda fault: log.error("no place to show a fault (%s)", fault.code)


def _log(label: str, error: Exception) -> None:
    """Where a fault of ours happened: places only, since exception texts may hold what was worked on."""
    if isinstance(error, MemosError):
        return
    places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(traceback.extract_tb(error.__traceback__)))
    log.error("fault in %r: %s at %s", label, type(error).__name__, places)
