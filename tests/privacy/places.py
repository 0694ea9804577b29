"""Folders of a person of the test's own, for all that a program may write, and the search for canaries in them."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
CANARIES = (
    *("zorblattina", "quuxhaven", "frobnitz", "wibblefish", "gronkulator", "plughxyzzy", "snarkledorf"),
    *("kerfumbolt", "zugglemice", "fnordwina", "drizzlewhit", "blorptang"),
)
"""Words that stand nowhere but in what is planted: told, typed, searched for, names of a file's folder, passphrases."""
_SETTINGS = ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")
_OTHERS = ("CI", "MEMOS_HOME", "DISPLAY", "WAYLAND_DISPLAY")
"""What a build server's or a developer's machine may have set, and the person's has not."""


class Places:
    """The home, and the folders that are the person's own or the system's."""

    def __init__(self, folder: Path) -> None:
        self.home, self.temp, self.work, self.user, self.backups, self.run = self.all = tuple(
            folder / name for name in ("home", "temp", "work", "user", "backups", "run")
        )
        for place in self.all:
            place.mkdir(mode=0o700)

    def environment(self) -> dict[str, str]:
        """Of a process of this person: folders of settings, caches, data and temporary files are these."""
        kept = {
            name: value for name, value in os.environ.items() if name not in _OTHERS and not name.startswith("ORT_")
        }
        folders = {name: str(self.user / name.lower()) for name in _SETTINGS}
        own = {"HOME": str(self.user), "TMPDIR": str(self.temp), "XDG_RUNTIME_DIR": str(self.run)}
        return kept | folders | own | {"PYTHONPATH": f"{ROOT}{os.pathsep}{Path(__file__).parent}"}

    def leaks(self) -> list[str]:
        """Files that hold a canary, in any case, as UTF-8 or UTF-16, and files and folders that are named after one."""
        forms = [form for word in CANARIES for form in (word.encode(), word.encode("utf-16-le"))]
        found = []
        for place in self.all:
            for file in place.rglob("*"):
                name = str(file.relative_to(place.parent))
                content = name.lower().encode() + (file.read_bytes().lower() if file.is_file() else b"")
                found += [f"{name}: {form!r}" for form in forms if form in content]
        return found

    def strays(self) -> list[str]:
        """Files outside the home and the backups: there is nothing to be kept there."""
        outside = (self.temp, self.work, self.user, self.run)
        return [str(file) for place in outside for file in place.rglob("*") if file.is_file()]
