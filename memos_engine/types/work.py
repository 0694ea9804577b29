"""Long calls: how far they are, and how they are stopped."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from memos_engine.errors import CancelledError


@dataclass(frozen=True)
class Progress:
    """How far a long call is. `total` is 0 while it is unknown; `unit` names what is counted ("items", "MB")."""

    done: int
    total: int = 0
    unit: str = "items"
    note: str = ""


ProgressCallback = Callable[[Progress], None]


def no_progress(_: Progress) -> None:
    """A progress callback for callers that show none."""


class CancelToken:
    """Set from any thread to stop a long call; the call looks at it often and leaves nothing half-done."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []
        self.by_person = False
        """Whether it was a person who asked for the stop."""

    def cancel(self, *, by_person: bool = True) -> None:
        """Ask the call to stop. Not `by_person`: the program locks, ends, or has another use for it."""
        if not self._event.is_set():
            self.by_person = by_person
        self._event.set()
        with self._lock:
            listeners, self._listeners = self._listeners, []
        for listener in listeners:
            listener()

    def on_cancel(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` once, from the cancelling thread, when a stop is asked for (now, if it was); returns the way
        to end it. For calls that wait: nobody needs to look at the clock."""
        with self._lock:
            if not self._event.is_set():
                self._listeners.append(listener)
                return lambda: self._remove(listener)
        listener()
        return lambda: None

    def _remove(self, listener: Callable[[], None]) -> None:
        with self._lock:
            if listener in self._listeners:
                self._listeners.remove(listener)

    @property
    def cancelled(self) -> bool:
        """Whether a stop was asked for."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise `CancelledError` when a stop was asked for."""
        if self._event.is_set():
            raise CancelledError
