"""The lines under a reply: what was remembered, with undo, edit and forget, and what was held back."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.chat.row import Learned, Row
from app.theme import Size, theme
from app.widgets.buttons import Button
from app.widgets.text import ElidedText, Text
from memos_engine.types import Memory


class LearnedLines(QFrame):
    """Shows a row's `learned` and `withheld`; asks by signals."""

    undo = Signal(Row, Learned)
    edit = Signal(Memory)
    forget = Signal(str)
    remember_anyway = Signal(Row)

    def __init__(self, row: Row, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = row
        self._column = QVBoxLayout(self)
        theme().space(self._column, 0, 0)
        for entry in row.learned:
            self._column.addWidget(self._line(entry))
        if row.withheld:
            self._column.addWidget(self._withheld())

    def _line(self, entry: Learned) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        theme().space(row, 0, 4)
        icon = QLabel()
        icon.setPixmap(theme().icon("history" if entry.replaced else "memories").pixmap(theme().icon_size(14)))
        row.addWidget(icon)
        what = "No longer current" if entry.replaced else ("Waits for review" if self._row.asks else "Remembered")
        words = f"{'Taken back' if entry.gone else what}: {entry.memory.text}"
        text = ElidedText(words, Size.SMALL, "muted" if entry.gone or entry.replaced else "text")
        row.addWidget(text, 1)
        if entry.replaced or entry.gone:
            return line
        for name, do in (
            ("Undo", lambda: self.undo.emit(self._row, entry)),
            ("Edit", lambda: self.edit.emit(entry.memory)),
            ("Forget", lambda: self.forget.emit(entry.memory_id)),
        ):
            button = Button(name, do, kind="link")
            button.setProperty("scale", str(Size.SMALL))
            button.setAccessibleName(f"{name}: {entry.memory.text}")
            row.addWidget(button)
        return line

    def _withheld(self) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        theme().space(row, 0, 4)
        icon = QLabel()
        icon.setPixmap(theme().icon("shield", "caution").pixmap(theme().icon_size(14)))
        row.addWidget(icon)
        row.addWidget(Text("Not remembered: it looks like a secret.", Size.SMALL, "caution"))
        anyway = Button("Remember anyway", lambda: self.remember_anyway.emit(self._row), kind="link")
        anyway.setProperty("scale", str(Size.SMALL))
        row.addWidget(anyway)
        row.addStretch(1)
        return line
