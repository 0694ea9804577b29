"""Who has a home open: any number of programs share it, and one that replaces or deletes it has it alone.

Each program that has the home open holds a lock on a file of its own, `.open-….lock`. Whoever comes or wants the home
alone passes the gate, `.home.lock`, so that nobody comes in between the look and the deed. The operating system drops
the locks of a process that dies; a file that it left is recognised by its free lock, and removed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout

from memos_engine.atomic_file import disk_error
from memos_engine.errors import InUseError
from memos_engine.vault.home import make_private

GATE = ".home.lock"
HOLDERS = ".open-*.lock"
_GATE_SECONDS = 3.0
"""Coming and going take milliseconds; whoever waits longer waits for a restore or a deletion."""


class HomeLock:
    """One program's share in a home. Any thread may take it and another give it back."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._own: FileLock | None = None

    def share(self, first: Callable[[], object] | None = None) -> None:
        """Have the home open beside others, until `release`; the folder is made where there is none.

        `first` is done before, while nobody else is in the home; with others in it, it is not. Raises `InUseError`
        while another program replaces or deletes the home, `DiskError`.
        """
        if self._own is not None:
            return
        with self._gate():
            if first is not None and not self._others():
                first()
            own = FileLock(self._home / f".open-{uuid4().hex}.lock", thread_local=False)
            try:
                own.acquire(blocking=False)
            except OSError as error:
                raise disk_error("The home", error) from error
            self._own = own

    def release(self) -> None:
        """Give the share back."""
        own, self._own = self._own, None
        if own is not None:
            # The file first: without its name nobody takes the freed lock for one of a program that died.
            with suppress(OSError):
                Path(own.lock_file).unlink(missing_ok=True)
            own.release()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Have the home for oneself: nobody else has it open, and nobody opens it, until the block ends.

        Raises `InUseError` when another program has it open, `DiskError`; then nothing was done.
        """
        with self._gate():
            others = self._others()
            if others:
                programs = "another program" if others == 1 else f"{others} other programs"
                raise InUseError(
                    f"These memories are open in {programs}.",
                    "Close the other MemOS window, or lock it (Ctrl+L); wait for `memos` commands; then try again.",
                )
            yield

    def _others(self) -> int:
        """How many others have the home open; called within the gate. What the dead left is removed."""
        living = 0
        for file in self._home.glob(HOLDERS):
            if self._own is not None and file == Path(self._own.lock_file):
                continue
            try:
                with FileLock(file, blocking=False):
                    file.unlink(missing_ok=True)
            except Timeout:
                living += 1
        return living

    @contextmanager
    def _gate(self) -> Iterator[None]:
        make_private(self._home)
        gate = FileLock(self._home / GATE, timeout=_GATE_SECONDS, thread_local=False)
        try:
            gate.acquire()
        except Timeout as error:
            raise InUseError(
                "Another MemOS is restoring or deleting these memories.", "Wait until it is done, and try again."
            ) from error
        except OSError as error:
            raise disk_error("The home", error) from error
        try:
            yield
        finally:
            gate.release()


def remove_lock_files(home: Path) -> None:
    """Remove the files of a home that is held alone, when the home itself goes."""
    for file in (*home.glob(HOLDERS), home / GATE):
        with suppress(OSError):
            file.unlink(missing_ok=True)
