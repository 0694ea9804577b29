"""Asks what happens to what was learned in a chat that is deleted."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from app.theme import Size, theme
from app.widgets.buttons import Button
from app.widgets.text import ElidedText, Text, below_box


class DeleteDialog(QDialog):
    """`agreed` carries whether what was learned there is forgotten too."""

    agreed = Signal(bool)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Delete the chat")
        self.resize(theme().px(440), theme().px(220))
        self.keep = QRadioButton("Keep what was learned there")
        self.keep.setChecked(True)
        self.forget = QRadioButton("Forget what was learned there too")
        delete = Button("Delete", self._agree, kind="danger")
        cancel = Button("Cancel", self.reject)
        cancel.setDefault(True)
        buttons = QHBoxLayout()
        theme().space(buttons, 0, 8)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(delete)
        column = QVBoxLayout(self)
        theme().space(column, 16, 8)
        column.addWidget(Text("Delete this chat?", Size.TITLE))
        column.addWidget(ElidedText(title or "New chat", role="muted"))
        column.addWidget(Text("Its messages are erased for good. This cannot be undone.", role="muted", wrap=True))
        column.addWidget(self.keep)
        stay = Text("Memories stay, with the words that they came from.", Size.SMALL, "muted", wrap=True)
        column.addLayout(below_box(stay))
        column.addWidget(self.forget)
        column.addLayout(below_box(Text("Those memories are erased for good too.", Size.SMALL, "muted", wrap=True)))
        column.addStretch(1)
        column.addLayout(buttons)

    def _agree(self) -> None:
        self.agreed.emit(self.forget.isChecked())
        self.accept()
