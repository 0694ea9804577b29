"""Standing instructions: the name and the tone that hold for every reply."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.theme import Size, theme
from app.widgets.buttons import Button, closing_row
from app.widgets.text import Text
from memos_engine.settings import BY_NAME


class InstructionsDialog(QDialog):
    """`kept` carries the values of `chat.name` and `chat.instructions`."""

    kept = Signal(str, str)

    def __init__(self, name: str, instructions: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Standing instructions")
        self.resize(theme().px(460), theme().px(340))
        self.name = QLineEdit(name)
        self.name.setAccessibleName(BY_NAME["chat.name"].title)
        self.instructions = QPlainTextEdit(instructions)
        self.instructions.setProperty("kind", "input")
        self.instructions.setAccessibleName(BY_NAME["chat.instructions"].title)
        self.instructions.setPlaceholderText("Keep answers short.")
        self.instructions.setTabChangesFocus(True)
        keep = Button("Keep", self._keep, kind="primary")
        keep.setDefault(True)
        buttons = closing_row(Button("Cancel", self.reject), keep)
        column = QVBoxLayout(self)
        theme().space(column, 16, 8)
        for setting, field in (("chat.name", self.name), ("chat.instructions", self.instructions)):
            column.addWidget(Text(BY_NAME[setting].title))
            column.addWidget(Text(BY_NAME[setting].text, Size.SMALL, "muted", wrap=True))
            column.addWidget(field)
        column.addLayout(buttons)

    def _keep(self) -> None:
        self.kept.emit(self.name.text().strip(), self.instructions.toPlainText().strip())
        self.accept()
