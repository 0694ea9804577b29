"""The line of requests before the model: one thread works through them, a person's before the background's."""

import heapq
import itertools
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, TypeVar

from memos_engine.errors import CancelledError, ModelError
from memos_engine.inference.session import Stopped
from memos_engine.types import CancelToken

_PERSON, _BACKGROUND = 0, 1
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class _Outcome:
    value: Any = None
    error: BaseException | None = None


@dataclass(order=True)
class Request:
    """A place in the line."""

    rank: int
    number: int
    work: Callable[["Request"], Any] = field(compare=False)
    given_up: CancelToken = field(default_factory=CancelToken, compare=False)
    """Nobody wants it any more: the person stopped it, or the model goes."""
    preempted: threading.Event = field(default_factory=threading.Event, compare=False)
    events: SimpleQueue[Callable[[], None] | _Outcome] = field(default_factory=SimpleQueue, compare=False)
    """Calls for the asking thread, and one `_Outcome` at the end."""

    def tell(self, call: Callable[[], None]) -> None:
        """Have the asking thread call this."""
        self.events.put(call)

    def stopped(self) -> Stopped | None:
        """Asked between tokens: whether to go on."""
        if self.given_up.cancelled:
            return Stopped.CANCELLED
        return Stopped.PREEMPTED if self.preempted.is_set() else None


class PreemptedError(Exception):
    """Raised by a background request's work that makes way; it begins anew later."""


class RequestLine:
    """Runs requests one at a time, on a thread of its own that begins with the first one and is called `name`.

    A background request that runs when a person's arrives is asked to make way. `at_end` is the thread's last call.
    """

    def __init__(self, name: str, at_end: Callable[[], None]) -> None:
        self._name = name
        self._at_end = at_end
        self._changed = threading.Condition()
        self._waiting: list[Request] = []
        self._running: Request | None = None
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None
        self._closing = False

    # --- on the asking thread ---

    def ask(self, work: Callable[[Request], _Value], cancel: CancelToken | None = None, *, background: bool) -> _Value:
        """Wait for a turn and for what `work` returns or raises. Raises `CancelledError` where it was withdrawn before
        its turn, and `ModelError` once the line is closed."""
        request = Request(_BACKGROUND if background else _PERSON, next(self._numbers), work)
        unhook = (cancel or CancelToken()).on_cancel(lambda: self._withdraw(request))
        try:
            self._line_up(request)
            while True:
                event = request.events.get()
                if not isinstance(event, _Outcome):
                    event()
                elif event.error is not None:
                    raise event.error
                else:
                    value: _Value = event.value
                    return value
        except BaseException:
            # A callback failed, or Ctrl+C: nobody waits for this request any more.
            self._withdraw(request)
            raise
        finally:
            unhook()

    def leave(self, work: Callable[[Request], None]) -> None:
        """Have `work` done in its turn, before all that is in the background; nobody waits, and once the line is closed
        it is not done."""
        with suppress(ModelError):
            self._line_up(Request(_PERSON, next(self._numbers), work))

    def give_up(self) -> None:
        """Stop what runs and waits."""
        with self._changed:
            self._give_up()

    def close(self) -> None:
        """Stop what runs and waits, and end the thread."""
        with self._changed:
            self._closing = True
            self._give_up()
            thread = self._thread
            self._changed.notify_all()
        if thread:
            thread.join()

    def _give_up(self) -> None:
        for request in self._waiting:
            request.events.put(_Outcome(error=CancelledError()))
        self._waiting.clear()
        if self._running:
            self._running.given_up.cancel()

    def _line_up(self, request: Request) -> None:
        with self._changed:
            if self._closing:
                raise ModelError("The program is closing.")
            if request.given_up.cancelled:
                raise CancelledError
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
                self._thread.start()
            heapq.heappush(self._waiting, request)
            if self._running and self._running.rank > request.rank:
                self._running.preempted.set()
            self._changed.notify_all()

    def _withdraw(self, request: Request) -> None:
        request.given_up.cancel()
        with self._changed:
            if request in self._waiting:
                self._waiting.remove(request)
                heapq.heapify(self._waiting)
                request.events.put(_Outcome(error=CancelledError()))

    # --- on the line's thread ---

    def _serve(self) -> None:
        while (request := self._next()) is not None:
            try:
                outcome = _Outcome(request.work(request))
            except PreemptedError:
                self._put_back(request)
                continue
            except BaseException as error:  # noqa: BLE001 - goes on in the thread that asked
                outcome = _Outcome(error=error)
            with self._changed:
                self._running = None
            request.events.put(outcome)
        self._at_end()

    def _next(self) -> Request | None:
        with self._changed:
            while not self._waiting and not self._closing:
                self._changed.wait()
            if self._closing:
                return None
            self._running = heapq.heappop(self._waiting)
            return self._running

    def _put_back(self, request: Request) -> None:
        with self._changed:
            self._running = None
            request.preempted.clear()
            if request.given_up.cancelled or self._closing:
                request.events.put(_Outcome(error=CancelledError()))
            else:
                heapq.heappush(self._waiting, request)
