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

    A model's adapter is looked for, read and checked when it is first asked for, once.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._chosen: list[Path] = []
        self._known: dict[str, Adapter | None] = {}
        self._lock = threading.Lock()

    def choose(self, path: Path) -> None:
        """Offer this adapter for its base before all others, until the program ends."""
        with self._lock:
            self._chosen.insert(0, path)
            self._known.clear()

    def of(self, model: ModelInfo) -> Adapter | None:
        """The adapter for this model, or None."""
        with self._lock:
            if model.digest not in self._known:
                self._known[model.digest] = self._find(model)
            return self._known[model.digest]

    def refuse(self, file: AdapterFile | None, error: MemosError) -> None:
        """It could not serve although its files were sound when they were read: neither is the merged copy from now on,
        or, where there is none, the adapter."""
        with self._lock:
            for digest, known in self._known.items():
                if known is not None and known.file is not None and known.file == file:
                    _log.warning("%s: %s", known.path.name, error.message)
                    refused = _refused(known.path, known.card, error)
                    self._known[digest] = replace(known, merged=None) if known.merged else refused

    def _paths(self) -> list[Path]:
        return self._chosen + [path for folder in self._folders for path in sorted(folder.glob("*.gguf"))]

    def _find(self, model: ModelInfo) -> Adapter | None:
        for path in self._paths():
            try:
                card = read_card(path)
            except DamagedError as error:
                _log.warning("%s: %s", card_of(path).name, error.message)
                continue
            if card.base_digest == model.digest:
                return _read(path, card, model)
        return None


def _read(path: Path, card: AdapterCard, model: ModelInfo) -> Adapter:
    try:
        file = read_adapter(path, read_header(model.path))
        return Adapter(path, card, file, merged_copy(file))
    except MemosError as error:
        _log.warning("%s: %s", path.name, error.message)
        return _refused(path, card, error)


def _refused(path: Path, card: AdapterCard, error: MemosError) -> Adapter:
    return Adapter(path, card, None, problem=f"{error.message} {error.hint}".strip())
