"""Where the home lies on this platform."""

from pathlib import Path

import appdirs

from memos_engine.atomic_file import disk_error


def default_home() -> Path:
    """The folder for the person's data, as the platform has it (Linux: `~/.local/share/memos-desktop`)."""
    return Path(appdirs.user_data_dir("memos-desktop", appauthor=False))


def make_private(folder: Path) -> None:
    """Make `folder`, readable by its owner only. Raises `DiskError`."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise disk_error(str(folder), error) from error
