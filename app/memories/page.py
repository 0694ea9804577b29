"""Memories: a filterable list, the detail of what is selected, the list for review, and the trash."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QCursor, QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from app.commands import PageCommand
from app.context import AppContext
from app.memories.filters import FilterBar
from app.memories.import_dialog import ImportDialog
from app.memories.list_view import MemoryList
from app.memories.review import ReviewView
from app.memories.selection_panel import SelectionPanel
from app.page import Page
from app.theme import Size, theme
from app.widgets import memory_actions
from app.widgets.buttons import Button
from app.widgets.dialogs import Dialog
from app.widgets.empty_state import EmptyState
from app.widgets.memory_detail import MemoryDetail
from app.widgets.region import number
from app.widgets.task_progress import TaskProgress
from app.widgets.text import Text
from memos_engine.types import Kind, Memory, MemoryChanges, MemoryFilter

REFRESH_MS = 150
"""Changes that come close together refresh the list once."""

LONG_WORK = (*memory_actions.LABELS, "Empty the trash", "Read the selection", "Import")
"""Labels of the work that is followed on this page."""

ALL, REVIEW, TRASH = range(3)


class MemoriesPage(Page):
    """Everything that is remembered, to see, correct, move and delete."""

    NAME = "Memories"
    tabs: QTabBar
    filters: FilterBar
    detail: MemoryDetail

    COMMANDS: ClassVar[tuple["PageCommand[MemoriesPage]", ...]] = (
        PageCommand("Add a memory", lambda page: page.add(), icon="add", group="Memories"),
        PageCommand("Import files", lambda page: page.ask_import(()), icon="import", group="Memories"),
        PageCommand("Review", lambda page: page.tabs.setCurrentIndex(REVIEW), icon="review", group="Memories"),
        PageCommand("Trash", lambda page: page.tabs.setCurrentIndex(TRASH), icon="delete", group="Memories"),
        PageCommand("Clear filters", lambda page: page.filters.clear(), icon="filter", group="Memories"),
        PageCommand(
            "Search in memories",
            lambda page: page.filters.search.setFocus(),
            ("Ctrl+F",),
            "search",
            "Memories",
            local=True,
        ),
        PageCommand("Undo", lambda page: page.undo(), ("Ctrl+Z",), "undo", "Memories", local=True),
        PageCommand("Edit the words", lambda page: page.detail.edit(), ("F2",), "edit", "Memories", local=True),
        PageCommand(
            "Remove to the trash", lambda page: page.remove_selected(), ("Del",), "delete", "Memories", local=True
        ),
        PageCommand(
            "Forget for good", lambda page: page.forget_selected(), ("Shift+Del",), "forget", "Memories", local=True
        ),
    )

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._stale = True
        self._asked_for = ""
        """A memory to show that is not selected: the list may not hold it, or not yet."""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(REFRESH_MS)
        self._pause.timeout.connect(self._reload)
        self._build()
        self._connect()
        self.setAcceptDrops(True)

    # --- parts ------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.list = MemoryList(self.context)
        self.filters = FilterBar(self.context.cubes)
        self.detail = MemoryDetail(self.context)
        self.many = SelectionPanel(self.context)
        self.review = ReviewView(self.context)
        self.empty = EmptyState(
            "memories",
            "Nothing is remembered yet",
            "Tell the chat about yourself, import notes, or add a memory by hand.",
            Button("Add a memory", self.add, icon="add"),
        )
        self.nothing = EmptyState(
            "search",
            "No memory matches",
            "Try other words or fewer filters.",
            Button("Clear filters", self.filters.clear),
        )
        self.no_trash = EmptyState("delete", "The trash is empty", "")
        self._lists = QStackedWidget()
        shown: tuple[QWidget, ...] = (self.list, self.empty, self.nothing, self.no_trash)
        for widget in shown:
            self._lists.addWidget(widget)

        left = QWidget()
        column = QVBoxLayout(left)
        theme().space(column, (16, 16, 8, 8), 8)
        column.addWidget(self.filters)
        self.count = Text("", Size.SMALL, "muted")
        self.count.setAccessibleName("Number of memories")
        self.empty_trash = Button("Empty trash…", self._empty_trash, kind="link")
        self.empty_trash.hide()
        counts = QHBoxLayout()
        theme().space(counts, gap=8)
        self.passages = Button("", partial(self.filters.show_kind, Kind.CHUNK), kind="link")
        self.passages.hide()
        counts.addWidget(self.count)
        counts.addWidget(self.passages)
        counts.addStretch(1)
        counts.addWidget(self.empty_trash)
        column.addLayout(counts)
        column.addWidget(self._lists, 1)
        self.progress = TaskProgress()
        column.addWidget(self.progress)

        self._side = QStackedWidget()
        choose = EmptyState("memories", "No memory selected", "Select one to see where it comes from.")
        beside: tuple[QWidget, ...] = (choose, self.detail, self.many)
        for widget in beside:
            self._side.addWidget(widget)
        self._side.setMinimumWidth(theme().px(260))
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setObjectName("memories")
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(left)
        self._split.addWidget(self._side)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 2)
        self._split.setSizes([6_800, 3_600])
        self._views = QStackedWidget()
        self._views.addWidget(self._split)
        self._views.addWidget(self.review)
        self.column.addLayout(self._make_head())
        self.column.addWidget(self._views, 1)

    def _make_head(self) -> QHBoxLayout:
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName("Which memories")
        for title in ("All", "Review", "Trash"):
            self.tabs.addTab(title)
        self.tabs.setTabToolTip(REVIEW, "What waits for your word. What is put into the trash no longer does.")
        row = QHBoxLayout()
        theme().space(row, (16, 12, 16, 0), 8)
        row.addWidget(Text("Memories", Size.DISPLAY))
        row.addSpacing(theme().px(12))
        row.addWidget(self.tabs)
        row.addStretch(1)
        row.addWidget(Button("Import…", partial(self.ask_import, ()), icon="import"))
        row.addWidget(Button("Add", self.add, kind="primary", icon="add"))
        return row

    def _connect(self) -> None:
        self.filters.changed.connect(self._list)
        self.list.rows.shown.connect(self._shown)
        self.list.selected.connect(self._selected)
        self.list.menu_wanted.connect(self._menu)
        self.list.remove_wanted.connect(self.remove_selected)
        self.list.forget_wanted.connect(self.forget_selected)
        self.list.edit_wanted.connect(self.detail.edit)
        self.list.opened.connect(self.detail.setFocus)
        self.detail.gone.connect(self._gone)
        self.context.operations.tasks_changed.connect(self._follow_work)
        self.review.counted.connect(self._count_review)
        self.tabs.currentChanged.connect(self._show_tab)
        for keys, do in (("Ctrl+Z", self.undo), ("Ctrl+F", self.filters.search.setFocus)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(do)

    # --- what is shown ----------------------------------------------------------------------------------------------

    def entered(self) -> None:
        """Load what changed meanwhile; the search takes the keys."""
        if self._stale:
            self._reload()
        self.filters.search.setFocus()

    def refresh(self, changes: MemoryChanges) -> None:
        """Memories changed: those on the screen at once, the list a moment later."""
        if any(change.memory_id == self._asked_for and change.memory is None for change in changes.memories):
            self._asked_for = ""
        if changes.memories or changes.cubes or changes.elsewhere or changes.review:
            self.list.rows.update_memories(change.memory for change in changes.memories if change.memory is not None)
            self._stale = True
            if self.isVisible():
                self._pause.start()

    def _reload(self) -> None:
        self._stale = False
        if self.list.rows.rowCount() or self.list.rows.coming:
            self.list.refresh()
        else:
            self._list(self.filters.filter)
        self.review.load()

    def _list(self, which: MemoryFilter) -> None:
        self.list.rows.list(which)

    def _shown(self, total: int, by_meaning: bool) -> None:
        trash = self.tabs.currentIndex() == TRASH
        filtered = self.filters.filtered
        counted = f"{number(total)} {'memory' if total == 1 else 'memories'}"
        if by_meaning:
            self.count.setText(f"No memory holds these words; {counted} near in meaning")
        else:
            self.count.setText(f"{counted} found" if filtered else counted)
        self.count.setVisible(total > 0)
        aside = self.list.rows.passages
        self.passages.setText(f"{number(aside)} {'passage' if aside == 1 else 'passages'} of documents")
        self.passages.setVisible(aside > 0)
        self.empty_trash.setVisible(trash and total > 0 and not filtered)
        if total:
            self._lists.setCurrentWidget(self.list)
        elif trash and not filtered:
            self.no_trash.say("The trash is empty", self._trash_words())
            self._lists.setCurrentWidget(self.no_trash)
        else:
            self._lists.setCurrentWidget(self.nothing if filtered else self.empty)
        self._selected(self.list.selected_count)

    def _trash_words(self) -> str:
        days = self.context.engine.settings.whole("memory.trash_days")
        return (
            f"What you remove waits here for {days} {'day' if days == 1 else 'days'}, used by no answer, and is then"
            " forgotten: erased for good."
        )

    def _selected(self, count: int) -> None:
        if count:
            self._asked_for = ""
        if count == 1:
            self.list.with_selected(lambda memories: self._show(memories[0].id))
        elif count > 1:
            self.many.show_count(count, self.list.with_selected, trash=self.tabs.currentIndex() == TRASH)
            self._side.setCurrentWidget(self.many)
        elif self._asked_for:
            if not self.list.select_id(self._asked_for):
                self._show(self._asked_for)
        elif not self.detail.editing:
            self._side.setCurrentIndex(0)
            self.detail.show_memory(None)

    def _gone(self) -> None:
        self._asked_for = ""
        if not self.list.selected_count:
            self._selected(0)

    def _show(self, memory_id: str) -> None:
        self.detail.show_memory(memory_id)
        self._side.setCurrentWidget(self.detail)

    def _show_tab(self, tab: int) -> None:
        self._asked_for = ""
        self._views.setCurrentWidget(self.review if tab == REVIEW else self._split)
        if tab == REVIEW:
            self.review.load()
        else:
            self.list.clearSelection()
            self.filters.show_trash(tab == TRASH)

    def _count_review(self, count: int) -> None:
        self.tabs.setTabText(REVIEW, f"Review ({number(count)})" if count else "Review")

    def open_memory(self, memory_id: str) -> None:
        """Show this memory, in the list if it is there."""
        if self.tabs.currentIndex() != ALL:
            self.tabs.setCurrentIndex(ALL)
        self.list.clearSelection()
        self._asked_for = memory_id
        self._selected(0)

    def _follow_work(self) -> None:
        """Long work on memories is followed below the list, too."""
        under_way = [task for task in self.context.operations.tasks if task.label in LONG_WORK]
        if under_way and not self.progress.running:
            self.progress.follow(under_way[-1])

    # --- what is done -----------------------------------------------------------------------------------------------

    def _with_selected(self, do: Callable[[AppContext, QWidget, list[str]], Any]) -> None:
        self.list.with_selected(lambda memories: do(self.context, self, [memory.id for memory in memories]))

    def remove_selected(self) -> None:
        """What is selected goes to the trash; in the trash it is forgotten, after a question."""
        self._with_selected(memory_actions.forget if self.tabs.currentIndex() == TRASH else memory_actions.remove)

    def _menu(self, place: QPoint) -> None:
        def show(memories: list[Memory]) -> None:
            known = self.detail.memory
            if len(memories) == 1 and known is not None and known.id == memories[0].id:
                memories = [known]
            at = QCursor.pos() if place.isNull() else place
            memory_actions.show_menu(self.context, self, memories, at)

        self.list.with_selected(show)

    def forget_selected(self) -> None:
        """Forget what is selected for good, after a question."""
        self._with_selected(memory_actions.forget)

    def undo(self) -> None:
        """Take back the last change of memories."""
        memory_actions.undo(self.context, self)

    def add(self) -> None:
        """Add a memory by hand."""
        memory_actions.add(self.context, self)

    def _empty_trash(self) -> None:
        memories = self.context.engine.memories

        def empty() -> None:
            self.context.operations.run(
                self,
                "Empty the trash",
                lambda _progress, _cancel: memories.empty_trash(),
                self.context.navigator.done.emit,
                listed=True,
            )

        Dialog(
            self,
            "Empty the trash?",
            f"{self.count.text().capitalize()} will be forgotten: erased from the disk, with the words they came from."
            " This cannot be undone.",
            "Empty the trash",
            kind="danger",
        ).ask(empty)

    def ask_import(self, paths: tuple[Path, ...]) -> None:
        """Ask what to import, how, and into which cube."""
        ImportDialog(self.context, self, paths).open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Import what was dropped."""
        self.ask_import(tuple(Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()))
