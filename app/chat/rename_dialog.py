"""Asks for a title."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from app.theme import theme
from app.widgets.buttons import Button, closing_row


class RenameDialog(QDialog):
    """`kept` carries the new title."""

    kept = Signal(str)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Rename the chat")
        self.resize(theme().px(380), theme().px(110))
        self.field = QLineEdit(title)
        self.field.setAccessibleName("Title")
        self.field.setMaxLength(200)
        self.field.selectAll()
        keep = Button("Rename", self._keep, kind="primary")
        keep.setDefault(True)
        buttons = closing_row(Button("Cancel", self.reject), keep)
        column = QVBoxLayout(self)
        theme().space(column, 16, 12)
        column.addWidget(self.field)
        column.addLayout(buttons)

    def _keep(self) -> None:
        title = self.field.text().strip()
        if title:
            self.kept.emit(title)
            self.accept()
