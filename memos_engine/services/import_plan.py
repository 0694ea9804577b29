"""Which files an import reads, in what order, and what it leaves out."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from memos_engine.errors import NotFoundError
from memos_engine.reader.documents import is_document
from memos_engine.types import ImportPlan, LeftOut

TRANSCRIPTS = (".jsonl", ".ndjson", ".json")
_IN_FOLDERS = (".jsonl", ".ndjson")
"""Conversation files that are looked for in folders; another .json file there is most likely none."""
_HIDDEN = "hidden"
_LINKS = "links to folders"
_JSON = ".json is read where it is chosen by itself"


def is_importable(file: Path) -> bool:
    """Whether the name says that the file can be read."""
    return is_document(file) or file.suffix.lower() in TRANSCRIPTS


def look(paths: Sequence[Path]) -> ImportPlan:
    """The files as given, and those below folders that can be read, each once; names are ordered as people count.

    Files that were given by name are there whatever they are. Raises `NotFoundError` for a path that is not there.
    """
    files: dict[Path, None] = {}
    passed: Counter[str] = Counter()
    for path in paths:
        if path.is_dir():
            files.update(dict.fromkeys(_below(path, passed)))
        elif path.exists():
            files[path] = None
        else:
            raise NotFoundError(f"There is no file {path.name} in {path.parent}.", "Check the path.")
    return ImportPlan(tuple(files), left_out(passed))


def readable(plan: ImportPlan) -> ImportPlan:
    """The plan without the files that cannot be read, which are counted among those left out."""
    passed = Counter({left.reason: left.count for left in plan.left_out})
    passed.update(_kind(file) for file in plan.files if not is_importable(file))
    return ImportPlan(tuple(file for file in plan.files if is_importable(file)), left_out(passed))


def left_out(passed: Counter[str]) -> tuple[LeftOut, ...]:
    """Most frequent first."""
    return tuple(LeftOut(reason, count) for reason, count in sorted(passed.items(), key=lambda it: (-it[1], it[0])))


def natural(name: str) -> tuple[tuple[str, int], ...]:
    """A key that orders n1, n2, n10 by their numbers, and names in any case."""
    parts = re.findall(r"([^0-9]*)([0-9]*)", name.casefold())
    return tuple((words, int(number) if number else -1) for words, number in parts)


def _below(folder: Path, passed: Counter[str]) -> Iterator[Path]:
    for current, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(current) / name).is_symlink()]
        passed[_LINKS] += len(links)
        hidden = [name for name in (*folders, *names) if name.startswith(".")]
        passed[_HIDDEN] += len(hidden)
        folders[:] = sorted((name for name in folders if name not in {*links, *hidden}), key=natural)
        for name in sorted((name for name in names if not name.startswith(".")), key=natural):
            file = Path(current) / name
            if is_document(file) or file.suffix.lower() in _IN_FOLDERS:
                yield file
            else:
                passed[_JSON if file.suffix.lower() in TRANSCRIPTS else _kind(file)] += 1
    for reason in (_LINKS, _HIDDEN):
        if not passed[reason]:
            del passed[reason]


def _kind(file: Path) -> str:
    return f"{file.suffix.lower()} cannot be read" if file.suffix else "of no kind that can be read"
