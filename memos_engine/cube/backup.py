"""A consistent copy of a database that is in use."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from memos_engine.errors import DiskError
from memos_engine.types import CancelToken, Progress, ProgressCallback

_PAGES_A_STEP = 256
_PAGE_BYTES = 4096


def copy_database(
    open_source: Callable[[], Any],
    open_target: Callable[[Path], Any],
    file: Path,
    progress: ProgressCallback,
    cancel: CancelToken | None,
) -> None:
    """Copy page by page, from a snapshot, into a file beside `file`, then put it in place.

    Raises `DiskError`, `CancelledError`; then nothing is left behind.
    """

    def step(_status: int, remaining: int, total: int) -> None:
        if cancel is not None:
            cancel.check()
        progress(Progress((total - remaining) * _PAGE_BYTES // 2**20, total * _PAGE_BYTES // 2**20, "MB"))

    beside = file.with_name(f".{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        source = open_source()
        try:
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM header").fetchone()
            target = open_target(beside)
            try:
                source.backup(target, pages=_PAGES_A_STEP, progress=step)
            finally:
                target.close()
        finally:
            source.close()
        with beside.open("rb") as stream:
            os.fsync(stream.fileno())
        os.replace(beside, file)
    except OSError as error:
        raise DiskError(
            f"{file.name} could not be written: {error.strerror}.", "Free space, or check the folder."
        ) from error
    finally:
        beside.unlink(missing_ok=True)
