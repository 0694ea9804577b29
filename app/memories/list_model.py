"""The list of memories as a Qt model that holds only the stretches that were looked at."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Set
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.widgets.chip import MemoryRole, spoken
from memos_engine.types import Memory, MemoryFilter, MemoryPage

CHUNK = 200
"""Memories asked for at a time."""
KEPT_CHUNKS = 40
"""Chunks held at most; the ones not looked at for longest go first."""


Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class MemoryListModel(QAbstractListModel):
    """Rows of one `MemoryFilter`. It asks for chunks by `wanted`; whoever fetches them hands them to `take`.

    Only answers to the latest filter are taken: an answer to an earlier one, typed over meanwhile, falls away. The rows
    of the old filter stay until the first chunk of the new one is there, so that the list does not flicker.
    """

    wanted = Signal(object)
    """A `MemoryFilter` with the offset and limit of the chunk to fetch."""
    shown = Signal(int, bool)
    """The rows were replaced; their number, and whether they are near in meaning instead of holding the words."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._filter = MemoryFilter(limit=CHUNK)
        self._coming: MemoryFilter | None = None
        self._total = 0
        self.passages = 0
        """Passages of documents that the filter leaves out."""
        self._chunks: OrderedDict[int, tuple[Memory, ...]] = OrderedDict()
        self._asked: set[int] = set()

    @property
    def filter(self) -> MemoryFilter:
        """What is listed, or will be as soon as its first chunk is there."""
        return self._coming or self._filter

    @property
    def coming(self) -> MemoryFilter | None:
        """What was asked for to replace the rows, and is not here yet."""
        return self._coming

    @property
    def shown_filter(self) -> MemoryFilter:
        """What the rows of this moment belong to."""
        return self._filter

    def list(self, which: MemoryFilter) -> None:
        """List what this filter says, from the top."""
        self._coming = replace(which, offset=0, limit=CHUNK)
        self.wanted.emit(self._coming)

    def refresh(self, around: int = 0) -> None:
        """Ask again for the chunk of row `around`; the rows are replaced when it is there."""
        start = max(0, min(around, self._total - 1)) // CHUNK * CHUNK
        self._coming = replace(self.filter, offset=start, limit=CHUNK)
        self.wanted.emit(self._coming)

    def take(self, asked: MemoryFilter, page: MemoryPage) -> None:
        """Take the answer to a `wanted` chunk, if it is still wanted."""
        if asked == self._coming:
            self._replace(asked, page)
        elif self._coming is None and replace(asked, offset=0) == replace(self._filter, offset=0):
            self._fill(asked.offset, page)

    def _replace(self, asked: MemoryFilter, page: MemoryPage) -> None:
        if asked.offset and asked.offset >= page.total:
            self._total = page.total
            self.refresh(page.total - 1)
            return
        self.beginResetModel()
        self._filter, self._coming = asked, None
        self._total = page.total
        if asked.offset == 0:
            self.passages = page.passages
        self._chunks.clear()
        self._asked.clear()
        if page.memories:
            self._chunks[asked.offset] = page.memories
        self.endResetModel()
        self.shown.emit(self._total, page.by_meaning)

    def _fill(self, offset: int, page: MemoryPage) -> None:
        self._asked.discard(offset)
        if page.total != self._total:
            self.refresh(offset)
            return
        self._chunks[offset] = page.memories
        while len(self._chunks) > KEPT_CHUNKS:
            self._chunks.popitem(last=False)
        if page.memories:
            self.dataChanged.emit(self.index(offset), self.index(offset + len(page.memories) - 1))

    def failed(self, asked: MemoryFilter) -> None:
        """A `wanted` chunk could not be fetched: it may be asked for again."""
        self._asked.discard(asked.offset)
        if asked == self._coming:
            self._coming = None

    def update_memories(self, memories: Iterable[Memory]) -> None:
        """Show the new version of memories that are listed, at once and at their old place."""
        fresh = {memory.id: memory for memory in memories}
        for offset, chunk in self._chunks.items():
            if any(memory.id in fresh for memory in chunk):
                self._chunks[offset] = tuple(fresh.get(memory.id, memory) for memory in chunk)
                self.dataChanged.emit(self.index(offset), self.index(offset + len(chunk) - 1))

    def memory(self, row: int) -> Memory | None:
        """The memory of a row if it is here; asks for its chunk if it is not."""
        offset = row // CHUNK * CHUNK
        chunk = self._chunks.get(offset)
        if chunk is None:
            if offset not in self._asked and self._coming is None:
                self._asked.add(offset)
                self.wanted.emit(replace(self._filter, offset=offset))
            return None
        self._chunks.move_to_end(offset)
        return chunk[row - offset] if row - offset < len(chunk) else None

    def held(self, row: int) -> Memory | None:
        """The memory of a row if it is here; asks for nothing."""
        chunk = self._chunks.get(row // CHUNK * CHUNK, ())
        place = row % CHUNK
        return chunk[place] if place < len(chunk) else None

    def rows_of(self, memory_ids: Set[str]) -> Iterator[int]:
        """The rows of these memories among the chunks that are here."""
        for offset, chunk in self._chunks.items():
            for place, memory in enumerate(chunk):
                if memory.id in memory_ids:
                    yield offset + place

    def row_of(self, memory_id: str) -> int | None:
        """The row of a memory among the chunks that are here."""
        return next(self.rows_of({memory_id}), None)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """All rows of the filter, here or not."""
        return 0 if parent.isValid() else self._total

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """`MemoryRole`, and text for display and screen readers."""
        if not index.isValid() or not 0 <= index.row() < self._total:
            return None
        if role not in (MemoryRole, Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        memory = self.memory(index.row())
        if role == MemoryRole:
            return memory
        if memory is None:
            return "…"
        return memory.text if role == Qt.ItemDataRole.DisplayRole else spoken(memory)
