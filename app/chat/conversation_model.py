"""The conversations as rows of a list: headings and what stands under them."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.theme import Size, theme
from app.widgets.dates import exact, group
from app.widgets.region import number
from memos_engine.types import Conversation

ConversationRole = Qt.ItemDataRole.UserRole + 1
"""Hands out the `Conversation` of a row; None for a heading."""

Index = QModelIndex | QPersistentModelIndex


def grouped(conversations: Sequence[Conversation]) -> list[str | Conversation]:
    """Rows: temporary ones, pinned ones, then by date, each group under its heading."""
    rows: list[str | Conversation] = []
    last = ""
    for conversation in sorted(conversations, key=lambda one: (not one.temporary, not one.pinned)):
        title = (
            "Temporary" if conversation.temporary else "Pinned" if conversation.pinned else group(conversation.updated)
        )
        if title != last:
            rows.append(title)
            last = title
        rows.append(conversation)
    return rows


def _title(conversation: Conversation) -> str:
    return conversation.title or ("Temporary chat" if conversation.temporary else "New chat")


class ConversationModel(QAbstractListModel):
    """A flat list with headings that cannot be chosen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[str | Conversation] = []
        self.busy: set[str] = set()
        """Ids of conversations in which a reply is being written."""

    def show(self, conversations: Sequence[Conversation]) -> None:
        """Other conversations, in the engine's order (pinned first, then newest)."""
        rows = grouped(conversations)
        if rows != self.rows:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def set_busy(self, conversation_id: str, busy: bool) -> None:
        """A reply is being written there, or no longer."""
        (self.busy.add if busy else self.busy.discard)(conversation_id)
        at = self.find(conversation_id)
        if at is not None:
            self.dataChanged.emit(self.index(at), self.index(at))

    def find(self, conversation_id: str) -> int | None:
        """The row of a conversation."""
        return next(
            (at for at, row in enumerate(self.rows) if isinstance(row, Conversation) and row.id == conversation_id),
            None,
        )

    def rowCount(self, parent: Index | None = None) -> int:
        """How many rows."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings are not for choosing."""
        if isinstance(self.rows[index.row()], str):
            return Qt.ItemFlag.ItemNeverHasChildren
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a row shows."""
        row = self.rows[index.row()]
        if isinstance(row, str):
            return self._heading(row, role)
        if role == ConversationRole:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return _title(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            kept = "\nTemporary: nothing of it is kept." if row.temporary else ""
            count = f"{number(row.messages)} {'message' if row.messages == 1 else 'messages'}"
            return f"{_title(row)}\n{count}, last {exact(row.updated)}{kept}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            about = ", temporary: nothing of it is kept" if row.temporary else ", pinned" if row.pinned else ""
            return f"{_title(row)}{about}"
        if role == Qt.ItemDataRole.DecorationRole:
            icon = "temporary" if row.temporary else "pin" if row.pinned else ""
            if row.id in self.busy:
                return theme().icon("more", "accent")
            return theme().icon(icon) if icon else None
        return None

    def _heading(self, title: str, role: int) -> object:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return title
        if role == Qt.ItemDataRole.FontRole:
            return theme().font(Size.SMALL, bold=True)
        return theme().colour("muted") if role == Qt.ItemDataRole.ForegroundRole else None
