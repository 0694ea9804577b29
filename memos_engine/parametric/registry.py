"""Which adapters there are, and which of them belongs to a model."""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from memos_engine.errors import DamagedError, MemosError
from memos_engine.inference.adapter_file import AdapterFile, read_adapter
from memos_engine.inference.header import read_header
from memos_engine.parametric.card import AdapterCard, card_of, read_card
from memos_engine.parametric.merge import merged_copy
from memos_engine.types import ModelInfo

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Adapter:
    """An adapter that is offered for a base model. `file` is None where it cannot serve, and `problem` says why."""

    path: Path
    card: AdapterCard
    file: AdapterFile | None
    merged: Path | None = None
    """A copy of the base with the adapter in it, if set-up made one."""
    problem: str = ""


class AdapterRegistry:
    """The adapters in some folders, each with its card, by the digest of the base model that they were trained on.

    An adapter's file is read and checked when it is first asked for, once.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._chosen: list[Path] = []
        self._known: dict[tuple[Path, str], Adapter] = {}
        self._lock = threading.Lock()

    def choose(self, path: Path) -> None:
        """Offer this adapter for its base before all others, until the program ends."""
        self._chosen.insert(0, path)

    def of(self, model: ModelInfo) -> Adapter | None:
        """The adapter for this model, or None."""
        with self._lock:
            path = next((path for path in self._paths() if self._base(path) == model.digest), None)
            if path is None:
                return None
            if (path, model.digest) not in self._known:
                self._known[path, model.digest] = _read(path, model)
            return self._known[path, model.digest]

    def refuse(self, file: AdapterFile | None, error: MemosError) -> None:
        """It could not serve although its files were sound when they were read: neither is the merged copy from now on,
        or, where there is none, the adapter."""
        with self._lock:
            for key, known in self._known.items():
                if known.file is not None and known.file == file:
                    _log.warning("%s: %s", known.path.name, error.message)
                    refused = _refused(known.path, known.card, error)
                    self._known[key] = replace(known, merged=None) if known.merged else refused

    def _paths(self) -> list[Path]:
        return self._chosen + [path for folder in self._folders for path in sorted(folder.glob("*.gguf"))]

    def _base(self, path: Path) -> str:
        try:
            return read_card(path).base_digest
        except DamagedError as error:
            _log.warning("%s: %s", card_of(path).name, error.message)
            return ""


def _read(path: Path, model: ModelInfo) -> Adapter:
    card = read_card(path)
    try:
        file = read_adapter(path, read_header(model.path))
        return Adapter(path, card, file, merged_copy(file))
    except MemosError as error:
        _log.warning("%s: %s", path.name, error.message)
        return _refused(path, card, error)


def _refused(path: Path, card: AdapterCard, error: MemosError) -> Adapter:
    return Adapter(path, card, None, problem=f"{error.message} {error.hint}".strip())
