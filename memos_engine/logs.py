"""The log of a home: a rotating file that says what happened and where, and never what is remembered."""

import logging
import logging.handlers
import sys
import threading
import traceback
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType

from memos_engine.errors import MemosError

LOG_FILE = "memos.log"
_LARGEST = 1_000_000
_KEPT = 3
_LOGGERS = ("memos_engine", "memos.app")
"""Of the engine and of the window."""
_log = logging.getLogger(__name__)


class ContentFreeFormatter(logging.Formatter):
    """Of an exception, its type and the places that it came through: its message may quote what a person wrote."""

    def formatException(  # noqa: N802 - logging's name
        self, ei: "tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]"
    ) -> str:
        """The type, our own message of a `MemosError`, and one line for each frame."""
        _, error, _ = ei
        if error is None:
            return ""
        said = f": {error.message}" if isinstance(error, MemosError) else ""
        places = [f"  {name}" for name in _places(error)]
        return "\n".join([f"{type(error).__name__}{said}", *places])


def open_log(home: Path) -> logging.Handler:
    """Begin to log into `home`/logs; the file is made with its first line. End it with `close_log`."""
    folder = home / "logs"

    class Handler(logging.handlers.RotatingFileHandler):
        def _open(self) -> TextIOWrapper:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return super()._open()

        def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
            """A log that cannot be written (full disk, read-only folder) stops nothing and prints nothing."""

    handler = Handler(folder / LOG_FILE, maxBytes=_LARGEST, backupCount=_KEPT, encoding="utf-8", delay=True)
    handler.setFormatter(ContentFreeFormatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    return handler


def close_log(handler: logging.Handler) -> None:
    """End the log that `open_log` began."""
    for name in _LOGGERS:
        logging.getLogger(name).removeHandler(handler)
    with suppress(OSError):  # what a full disk did not take of it
        handler.close()


def record_fault(fault: BaseException) -> None:
    """Log a fault of ours."""
    _log.error("a fault of ours", exc_info=fault)


def keep_content_out_of_crashes() -> None:
    """What nobody caught, in whichever thread, is told on standard error and in the log by its kind and its places.

    For the start of a program: Python's own words on it would quote the exception, and so perhaps a memory. Nor is a
    core file written when a library ends the process: it would hold memories and keys.
    """
    keep_no_core()
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(ContentFreeFormatter("%(message)s"))
    sys.excepthook = lambda _kind, error, _trace: _tell_crash(error)
    threading.excepthook = lambda crash: _tell_crash(crash.exc_value)
    sys.unraisablehook = lambda crash: _tell_crash(crash.exc_value)


def keep_no_core() -> None:
    """No core file of this process from now on, nor one for a program that collects them: Linux gives that one nothing
    either where the limit is one byte (core(5); with 0 it does)."""
    with suppress(ImportError, OSError, ValueError):  # elsewhere there is no such limit, or it is stricter already
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (1, 1))


def _tell_crash(error: BaseException | None) -> None:
    if error is None or isinstance(error, KeyboardInterrupt | SystemExit):
        return
    record_fault(error)
    if sys.stderr is not None:
        sys.stderr.write(f"A fault of MemOS: {type(error).__name__}\n")
        sys.stderr.writelines(f"  {place}\n" for place in _places(error))


def place_of(fault: BaseException) -> str:
    """File and line at which it was raised."""
    places = _places(fault)
    return places[-1] if places else "an unknown place"


def _places(fault: BaseException) -> list[str]:
    frames = traceback.extract_tb(fault.__traceback__)
    return [f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}" for frame in frames]
