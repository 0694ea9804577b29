"""The list of memories on the screen: selection over a hundred thousand rows, keys, and the context menu's place."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QItemSelectionRange, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyleOptionViewItem, QTableView

from app.context import AppContext
from app.memories.list_model import MemoryListModel
from app.operations import Fault, fault_shower
from app.theme import theme
from app.widgets.chip import MemoryDelegate
from app.widgets.clipboard import copy
from app.widgets.dates import age, day
from app.widgets.region import number
from memos_engine.types import CancelToken, Memory, MemoryFilter, MemoryPage, Progress, ProgressCallback, SortKey, local

FETCHED_AT_ONCE = 5_000
"""Selected memories that are fetched by one call."""


def _runs(rows: Sequence[int]) -> Iterator[range]:
    """Ascending rows as unbroken runs of at most `FETCHED_AT_ONCE`."""
    start = 0
    for place in range(1, len(rows) + 1):
        broken = place == len(rows) or rows[place] != rows[place - 1] + 1 or place - start == FETCHED_AT_ONCE
        if broken:
            yield range(rows[start], rows[place - 1] + 1)
            start = place


def row_end(sort: SortKey, memory: Memory) -> str:
    """What stands at the end of a row: that by which the rows are in this order, else how long ago it was told."""
    if sort is SortKey.VALID_TIME:
        return day(local(memory.valid_from or memory.created).date())
    if sort is SortKey.MOST_USED:
        return {0: "not used yet", 1: "used once"}.get(memory.use_count, f"used {number(memory.use_count)} times")
    return age(memory.created)


class MemoryList(QTableView):
    """Shows what a `MemoryFilter` says; fetches through the operations, the latest filter wins.

    A table of one column, because a QListView asks the model for each of its rows whenever they change.
    """

    selected = Signal(int)
    """How many rows are selected."""
    menu_wanted = Signal(QPoint)
    remove_wanted = Signal()
    forget_wanted = Signal()
    edit_wanted = Signal()
    opened = Signal()
    """Enter or a double click."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self.rows = MemoryListModel(self)
        self.rows.wanted.connect(self._fetch)
        self.rows.modelAboutToBeReset.connect(self._keep_place)
        self.rows.shown.connect(self._return_to_place)
        self._place: tuple[MemoryFilter, int, tuple[str, ...], str] | None = None
        self.setModel(self.rows)
        self._delegate = MemoryDelegate(context.cubes, parent=self)
        self.setItemDelegate(self._delegate)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._fit_rows()
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName("Memories")
        self.customContextMenuRequested.connect(lambda at: self.menu_wanted.emit(self.viewport().mapToGlobal(at)))
        self.doubleClicked.connect(lambda _: self.opened.emit())
        self.selectionModel().selectionChanged.connect(lambda *_: self.selected.emit(self.selected_count))
        context.cubes.changed.connect(self.viewport().update)
        theme().changed.connect(self._fit_rows)

    def _fit_rows(self) -> None:
        height = self.itemDelegate().sizeHint(QStyleOptionViewItem(), QModelIndex()).height()
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)

    def _fetch(self, asked: MemoryFilter) -> None:
        memories = self._context.engine.memories

        def failed(fault: Fault) -> None:
            self.rows.failed(asked)
            fault_shower(self)(fault)

        self._context.operations.run(
            self,
            "List memories",
            lambda _progress, _cancel: memories.browse(asked),
            lambda page: self.rows.take(asked, page),
            failed,
            key="browse" if asked == self.rows.coming else "",
        )

    # --- selection ---

    def _stretches(self) -> list[QItemSelectionRange]:
        selection = self.selectionModel().selection()
        return [selection.at(place) for place in range(selection.count())]

    @property
    def selected_count(self) -> int:
        """How many rows are selected, here or not."""
        return sum(stretch.height() for stretch in self._stretches())

    def with_selected(self, do: Callable[[list[Memory]], None]) -> None:
        """Call `do` with the selected memories; those that are not here are fetched first."""
        rows = sorted(row for stretch in self._stretches() for row in range(stretch.top(), stretch.bottom() + 1))
        here = {row: memory for row in rows if (memory := self.rows.held(row)) is not None}
        missing = list(_runs([row for row in rows if row not in here]))
        if not missing:
            if here:
                do(list(here.values()))
            return
        which, memories = self.rows.filter, self._context.engine.memories

        def work(progress: ProgressCallback, cancel: CancelToken) -> list[MemoryPage]:
            pages = []
            for run in missing:
                cancel.check()
                pages.append(memories.browse(replace(which, offset=run.start, limit=len(run))))
                progress(Progress(run.stop, rows[-1] + 1))
            return pages

        def done(pages: list[MemoryPage]) -> None:
            for run, page in zip(missing, pages, strict=True):
                here.update(zip(run, page.memories, strict=False))
            do([here[row] for row in rows if row in here])

        many = len(rows) > FETCHED_AT_ONCE
        self._context.operations.run(self, "Read the selection", work, done, long=True, listed=many)

    def select_id(self, memory_id: str) -> bool:
        """Select the row of this memory, if it is here."""
        row = self.rows.row_of(memory_id)
        if row is None:
            return False
        index = self.rows.index(row)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        return True

    # --- the place, over a refresh ---

    def refresh(self) -> None:
        """List the same anew; selection and place stay."""
        top = self.indexAt(QPoint(1, 1))
        self.rows.refresh(top.row() if top.isValid() else 0)

    def _keep_place(self) -> None:
        ids = tuple(
            memory.id
            for stretch in self._stretches()
            for row in range(stretch.top(), min(stretch.bottom(), stretch.top() + 2_000) + 1)
            if (memory := self.rows.held(row)) is not None
        )
        current = self.rows.held(self.currentIndex().row()) if self.currentIndex().isValid() else None
        shown = replace(self.rows.shown_filter, offset=0)
        self._place = (shown, self.verticalScrollBar().value(), ids, current.id if current else "")

    def _return_to_place(self) -> None:
        self._delegate.marks = tuple(self.rows.shown_filter.query.split())
        self._delegate.end = partial(row_end, self.rows.shown_filter.sort)
        if self._place is None:
            return
        before, scrolled, ids, current = self._place
        self._place = None
        if before == replace(self.rows.shown_filter, offset=0):
            self.doItemsLayout()
            self.verticalScrollBar().setValue(scrolled)
        elif len(ids) > 1:
            ids = ()
        selection = QItemSelection()
        for row in self.rows.rows_of(set(ids)):
            index = self.rows.index(row)
            selection.select(index, index)
        current_row = self.rows.row_of(current) if current else None
        if current_row is not None:
            self.selectionModel().setCurrentIndex(
                self.rows.index(current_row), QItemSelectionModel.SelectionFlag.NoUpdate
            )
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.selected.emit(self.selected_count)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Home and End go to the first and the last row, as in a list."""
        if action is QAbstractItemView.CursorAction.MoveHome:
            return self.rows.index(0)
        if action is QAbstractItemView.CursorAction.MoveEnd:
            return self.rows.index(self.rows.rowCount() - 1)
        return super().moveCursor(action, modifiers)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete removes, Shift+Delete forgets, F2 edits, Enter opens, Ctrl+C copies the words."""
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.matches(QKeySequence.StandardKey.Copy):
            self.with_selected(lambda memories: copy("\n".join(memory.text for memory in memories)))
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            (self.forget_wanted if shift and key == Qt.Key.Key_Delete else self.remove_wanted).emit()
        elif key == Qt.Key.Key_F2:
            self.edit_wanted.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)
