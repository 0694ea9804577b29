"""Licences of the program, of the weights, of the icons, and of the libraries that it runs on."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from memos_engine.resources import Weights, resources_dir, weights
from memos_engine.types import Licence

_PROGRAM = "memos-desktop"
_TEXT_NAME = re.compile(r"(^|/)(licen[cs]e|copying|notice)[^/]*$", re.IGNORECASE)
_LONGEST_NAME = 120
_ICONS_TEXT = "phosphor-LICENSE.txt"
"""Of the icon font that qtawesome ships; its own licence does not name it."""


@cache
def all_licences() -> tuple[Licence, ...]:
    """The program first, then the weights and the icons, then the libraries by name."""
    text = _program_text()
    return (
        Licence("MemOS Desktop", _program_version(), "Apache-2.0", text),
        *(_of_weights(entry, text) for entry in weights()),
        Licence("Phosphor Icons", "1.3.0", "MIT", (resources_dir() / "icons" / _ICONS_TEXT).read_text("utf-8")),
        *sorted((_of_library(library) for library in _libraries()), key=lambda licence: licence.name.casefold()),
    )


def _program_text() -> str:
    file = resources_dir().parent / "LICENSE"
    return file.read_text("utf-8") if file.is_file() else ""


def _program_version() -> str:
    try:
        return metadata.version(_PROGRAM)
    except metadata.PackageNotFoundError:
        return str(_project().get("version", ""))


def _of_weights(entry: Weights, apache: str) -> Licence:
    own = entry.path / "LICENSE"
    text = own.read_text("utf-8", "replace") if own.is_file() else ""
    if not text and entry.licence == "Apache-2.0":
        text = apache
    return Licence(entry.name, "", entry.licence, text)


def _libraries() -> Iterator[metadata.Distribution]:
    # What the program declares, and what that needs in turn, as far as it is installed here.
    waiting = list(_declared())
    seen: set[str] = set()
    while waiting:
        name = _name(waiting.pop())
        if name in seen:
            continue
        seen.add(name)
        try:
            library = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # for another system or an extra that is not installed
        yield library
        waiting += [needed for needed in library.requires or () if "extra ==" not in needed]


def _declared() -> list[str]:
    try:
        return [needed for needed in metadata.requires(_PROGRAM) or () if "extra ==" not in needed]
    except metadata.PackageNotFoundError:
        return list(_project().get("dependencies", ()))


def _project() -> dict[str, Any]:
    file = resources_dir().parent / "pyproject.toml"
    return dict(tomllib.loads(file.read_text("utf-8"))["project"]) if file.is_file() else {}


def _name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    return re.sub(r"[-_.]+", "-", match[0]).lower() if match else ""


def _of_library(library: metadata.Distribution) -> Licence:
    about = library.metadata
    files = [file for file in library.files or () if ".dist-info/" in str(file) and _TEXT_NAME.search(str(file))]
    text = "\n\n".join(file.read_text("utf-8") for file in sorted(files, key=str) if Path(str(file.locate())).is_file())
    stated = next((line for name in ("License-Expression", "License") for line in about.get_all(name) or ()), "")
    if stated in ("", "UNKNOWN") or "\n" in stated or len(stated) > _LONGEST_NAME:
        kinds = [
            line.rpartition(":: ")[2] for line in about.get_all("Classifier") or () if line.startswith("License ::")
        ]
        stated = ", ".join(kinds) or "see its text"
    return Licence(about["Name"], library.version, stated, text)
