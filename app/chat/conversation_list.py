"""The left side of the chat page: search, the conversations by date, and what can be done to one."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.chat.conversation_model import ConversationModel, ConversationRole
from app.chat.delete_dialog import DeleteDialog
from app.chat.rename_dialog import RenameDialog
from app.context import AppContext
from app.theme import theme
from app.widgets.buttons import IconButton
from app.widgets.empty_state import EmptyState
from memos_engine.errors import NotFoundError
from memos_engine.memory_os import MemoryOS
from memos_engine.types import Conversation, MemoryChanges

WAIT_MS = 120
"""Rest after a key before the search begins, and after a change before the list is read again."""


def _living(engine: MemoryOS, ids: Iterable[str]) -> tuple[Conversation, ...]:
    """These temporary chats as they are now, without those that were deleted."""
    found = []
    for conversation_id in ids:
        try:
            found.append(engine.chats.get(conversation_id))
        except NotFoundError:
            continue
    return tuple(found)


@dataclass(frozen=True)
class Listed:
    """What the list is filled with."""

    kept: tuple[Conversation, ...]
    temporary: tuple[Conversation, ...]


class ConversationList(QWidget):
    """`chosen` carries the conversation to show, `new_wanted` asks for a new one."""

    chosen = Signal(Conversation)
    new_wanted = Signal()
    loaded = Signal()
    """The list is here (again)."""
    gone = Signal(str)
    """A conversation was deleted or archived."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.temporary: dict[str, Conversation] = {}
        self._current = ""
        self.model = ConversationModel(self)
        self._build()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self.load)
        self.search.textChanged.connect(lambda _text: self._timer.start())
        self.archived.toggled.connect(lambda _on: self.load())
        context.operations.changed.connect(self._hear)

    def _build(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search chats")
        self.search.setAccessibleName("Search chats")
        self.search.setClearButtonEnabled(True)
        self.archived = IconButton("archive", "Show archived chats", checkable=True)
        self.new = IconButton("new_chat", "New chat", self.new_wanted.emit, shortcut="Ctrl+N", role="accent")
        head = QHBoxLayout()
        theme().space(head, (8, 8, 8, 4), 4)
        head.addWidget(self.search, 1)
        head.addWidget(self.archived)
        head.addWidget(self.new)
        self.view = QListView()
        self.view.setAccessibleName("Chats")
        self.view.setModel(self.model)
        self.view.setUniformItemSizes(True)
        theme().changed.connect(self._size_icons)
        self._size_icons()
        self.view.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._menu_at)
        self.view.selectionModel().currentChanged.connect(lambda now, _before: self._choose(now.data(ConversationRole)))
        self.empty = EmptyState("chat", "No chats yet", "What you write opens the first one.")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        theme().space(column)
        column.addLayout(head)
        column.addWidget(self._stack, 1)

    def _size_icons(self) -> None:
        """No icon is higher than a line of text: else rows would jump when one shows that its reply is written."""
        self.view.setIconSize(theme().icon_size(14))

    # --- content ----------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the list."""
        engine, query, archived = self._context.engine, self.search.text().strip(), self.archived.isChecked()
        temporary = tuple(self.temporary)

        def work(_progress: object, _cancel: object) -> Listed:
            return Listed(engine.chats.conversations(query, archived=archived), _living(engine, temporary))

        self._context.operations.run(self, "List chats", work, self._show, key="conversations")

    def _hear(self, changes: MemoryChanges) -> None:
        if changes.conversations or changes.elsewhere:
            self._timer.start()

    def _show(self, listed: Listed) -> None:
        self.temporary = {one.id: one for one in listed.temporary}
        query = self.search.text().strip().casefold()
        here = () if self.archived.isChecked() else self.temporary.values()
        self.model.show([*(one for one in here if query in one.title.casefold()), *listed.kept])
        self.mark(self._current)
        there = bool(self.model.rows)
        self._stack.setCurrentWidget(self.view if there else self.empty)
        if not there and self.search.text().strip():
            self.empty.say("Nothing found", "No chat holds these words.")
        elif not there and self.archived.isChecked():
            self.empty.say("Nothing archived", "A chat’s menu puts it here.")
        elif not there:
            self.empty.say("No chats yet", "What you write opens the first one.")
        self.loaded.emit()

    def add_temporary(self, conversation: Conversation) -> None:
        """List a temporary chat while it lives."""
        self.temporary[conversation.id] = conversation
        self.load()

    def mark(self, conversation_id: str) -> None:
        """Show which one is in view, without choosing it again."""
        self._current = conversation_id
        at = self.model.find(conversation_id)
        selection = self.view.selectionModel()
        selection.blockSignals(True)
        if at is None:
            selection.clear()
        else:
            selection.setCurrentIndex(self.model.index(at), QItemSelectionModel.SelectionFlag.ClearAndSelect)
        selection.blockSignals(False)
        self.view.viewport().update()

    def _choose(self, conversation: object) -> None:
        if isinstance(conversation, Conversation) and conversation.id != self._current:
            self._current = conversation.id
            self.chosen.emit(conversation)

    def current(self) -> Conversation | None:
        """The conversation that is marked."""
        at = self.model.find(self._current)
        row = self.model.rows[at] if at is not None else None
        return row if isinstance(row, Conversation) else None

    # --- what can be done -------------------------------------------------------------------------------------------

    def _menu_at(self, place: QPoint) -> None:
        conversation = self.view.indexAt(place).data(ConversationRole)
        if isinstance(conversation, Conversation):
            self.menu_of(conversation).popup(self.view.viewport().mapToGlobal(place))

    def menu_of(self, conversation: Conversation) -> QMenu:
        """The menu of a conversation."""
        menu = QMenu(self)
        if not conversation.temporary:
            pin = "Unpin" if conversation.pinned else "Pin"
            menu.addAction(theme().icon(pin.lower()), pin).triggered.connect(lambda: self.pin(conversation))
        menu.addAction(theme().icon("edit"), "Rename…").triggered.connect(lambda: self.rename(conversation))
        if not conversation.temporary:
            words = "Take out of the archive" if conversation.archived else "Archive"
            menu.addAction(theme().icon("archive"), words).triggered.connect(lambda: self.archive(conversation))
        menu.addSeparator()
        menu.addAction(theme().icon("delete"), "Delete…").triggered.connect(lambda: self.delete(conversation))
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def pin(self, conversation: Conversation) -> None:
        """Pin it, or not."""
        chats = self._context.engine.chats
        self._context.operations.run(
            self, "Pin", lambda _progress, _cancel: chats.set_pinned(conversation.id, not conversation.pinned)
        )

    def archive(self, conversation: Conversation) -> None:
        """Archive it, or take it back."""
        chats = self._context.engine.chats
        self._context.operations.run(
            self,
            "Archive",
            lambda _progress, _cancel: chats.set_archived(conversation.id, not conversation.archived),
            lambda _changes: self.gone.emit(conversation.id),
        )

    def rename(self, conversation: Conversation) -> None:
        """Ask for another title."""
        chats = self._context.engine.chats
        dialog = RenameDialog(conversation.title, self.window())
        dialog.kept.connect(
            lambda title: self._context.operations.run(
                self, "Rename", lambda _progress, _cancel: chats.rename(conversation.id, title)
            )
        )
        dialog.open()

    def delete(self, conversation: Conversation) -> None:
        """Ask whether what was learned there is kept or forgotten, then delete."""
        if conversation.temporary:
            self._delete(conversation, False)
            return
        dialog = DeleteDialog(conversation.title, self.window())
        dialog.agreed.connect(lambda forget: self._delete(conversation, forget))
        dialog.open()

    def _delete(self, conversation: Conversation, forget: bool) -> None:
        chats = self._context.engine.chats

        def done(changes: MemoryChanges) -> None:
            self.temporary.pop(conversation.id, None)
            self.gone.emit(conversation.id)
            self.load()
            self._context.navigator.done.emit(changes)

        self._context.operations.run(
            self,
            "Delete a chat",
            lambda _progress, _cancel: chats.delete(conversation.id, forget_learned=forget),
            done,
            long=True,
        )
