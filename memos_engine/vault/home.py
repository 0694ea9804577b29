"""Where the home lies on this platform."""

import os
from pathlib import Path

import appdirs

from memos_engine.atomic_file import disk_error
from memos_engine.errors import DiskError


def default_home() -> Path:
    """The folder for the person's data, as the platform has it (Linux: `~/.local/share/memos-desktop`)."""
    return Path(appdirs.user_data_dir("memos-desktop", appauthor=False))


def check_place(home: Path) -> None:
    """Raise `DiskError` where a file stands at `home` or above it, so that no folder can."""
    there = next((place for place in (home, *home.parents) if os.path.lexists(place)), home)
    if os.path.lexists(there) and not there.is_dir():
        raise DiskError(f"{there} is no folder: memories cannot be kept there.", "Name a folder with --home.")


def make_private(folder: Path) -> None:
    """Make `folder`, readable by its owner only. Raises `DiskError`."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise disk_error(str(folder), error) from error
