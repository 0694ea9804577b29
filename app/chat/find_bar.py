"""Ctrl+F: words in this chat."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from app.theme import theme
from app.widgets.buttons import IconButton
from app.widgets.text import Text
from memos_engine.types import Message


class FindBar(QFrame):
    """`looked_for` carries the words (empty: none), `shown` the id of the message to bring into view."""

    looked_for = Signal(str)
    shown = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("line", "below")
        self._found: list[str] = []
        self._at = -1
        self._messages: list[Message] = []
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find in this chat")
        self.field.setAccessibleName("Find in this chat")
        self.field.textChanged.connect(self._look)
        self.count = Text("", role="muted")
        row = QHBoxLayout(self)
        theme().space(row, (12, 4, 12, 4), 4)
        row.addWidget(self.field, 1)
        row.addWidget(self.count)
        row.addWidget(IconButton("up", "Previous message", lambda: self.step(-1)))
        row.addWidget(IconButton("down", "Next message", lambda: self.step(1)))
        row.addWidget(IconButton("close", "Close find", self.end))
        self.hide()

    def begin(self, messages: list[Message]) -> None:
        """Open over these messages."""
        self._messages = messages
        self.show()
        self.field.setFocus()
        self.field.selectAll()
        self._look(self.field.text())

    def end(self) -> None:
        """Close, and highlight nothing."""
        self.hide()
        self._messages = []
        self.looked_for.emit("")
        self.closed.emit()

    def _look(self, text: str) -> None:
        wanted = text.casefold()
        self._found = [message.id for message in self._messages if wanted and wanted in message.text.casefold()]
        self._at = len(self._found)
        self.looked_for.emit(text)
        self.step(-1)

    def step(self, by: int) -> None:
        """To the next (1) or the previous (-1) message that holds the words; from the newest to the oldest at first."""
        if not self._found:
            self.count.setText("Not found" if self.field.text() else "")
            return
        self._at = (self._at + by) % len(self._found)
        self.count.setText(f"{self._at + 1} of {len(self._found)}")
        self.shown.emit(self._found[self._at])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Shift+Enter step, Escape closes."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.step(1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else -1)
        elif event.key() == Qt.Key.Key_Escape:
            self.end()
        else:
            super().keyPressEvent(event)
