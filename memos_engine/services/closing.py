"""What is still open when the program ends is closed then: a thread that ends in the middle of native code takes the
process down.

This must come before the functions of `atexit`: libraries that were loaded later have theirs called earlier, and tear
down what our threads still work with. The interpreter waits for threads that are no daemons before it calls them; so a
thread waits for the end of the main one and closes what it finds.
"""

import logging
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_open: dict[object, Callable[[], None]] = {}
_waiter: threading.Thread | None = None


def close_at_exit(held: object, close: Callable[[], None]) -> None:
    """Call `close` when the main thread ends, unless `closed` was told of `held` before."""
    global _waiter
    with _lock:
        _open[held] = close
        if _waiter is None:
            _waiter = threading.Thread(target=_close_all, name="closing")
            _waiter.start()


def closed(held: object) -> None:
    """It is closed: nothing is to be done for it at the end."""
    with _lock:
        _open.pop(held, None)


def _close_all() -> None:
    threading.main_thread().join()
    with _lock:
        left = list(_open.values())
    for close in left:
        try:
            close()
        except Exception:  # noqa: BLE001 - the others are to be closed too
            _log.exception("closing at the end of the program")
