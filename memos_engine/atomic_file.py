"""Files that are replaced as a whole: a crash at any instant leaves the old content or the new one."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from memos_engine.errors import DiskError

_REASONS = {
    errno.ENOSPC: ("the disk is full", "Free some space and try again; what was there before is unchanged."),
    errno.EDQUOT: ("your quota on this disk is used up", "Free some space and try again."),
    errno.EROFS: ("the disk is read-only", "Choose a folder that can be written."),
    errno.EACCES: ("there is no permission", "Check the permissions of the folder, or choose another."),
    errno.EPERM: ("there is no permission", "Check the permissions of the folder, or choose another."),
}


def disk_error(name: str, error: OSError) -> DiskError:
    """The error to show for a failed write of the file called `name`."""
    why, hint = _REASONS.get(error.errno or 0, (error.strerror or "the disk refused", "Check the disk and the folder."))
    return DiskError(f"{name} could not be written: {why}.", hint)


def sync_folder(folder: Path) -> None:
    """Make renames and removals in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def replacing(file: Path) -> Iterator[BinaryIO]:
    """Write into a file beside `file` (mode 0600) that takes its place, synced, when the block ends well.

    Raises `DiskError`; then, and when the block raises, the old file stands and nothing is left beside it.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".new", dir=file.parent)
        beside = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(beside, file)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        sync_folder(file.parent)
    except OSError as error:
        raise disk_error(file.name, error) from error
