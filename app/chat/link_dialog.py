"""Shows the address of a link before anything opens it."""

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.theme import Size, theme
from app.widgets.buttons import Button
from app.widgets.clipboard import copy
from app.widgets.text import Passage, Text

OPENED = frozenset({"http", "https", "mailto"})
"""Kinds of addresses that a click may open; others can only be copied."""


class LinkDialog(QDialog):
    """Opens the address in the system's browser, or copies it, or neither."""

    def __init__(self, address: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Open a link")
        self.resize(theme().px(480), theme().px(160))
        self.address = QUrl(address)
        allowed = self.address.scheme().lower() in OPENED
        self.open_button = Button("Open in the browser", self._open, kind="primary")
        self.open_button.setVisible(allowed)
        buttons = QHBoxLayout()
        theme().space(buttons, 0, 8)
        buttons.addStretch(1)
        cancel = Button("Cancel", self.reject)
        cancel.setDefault(True)
        buttons.addWidget(cancel)
        buttons.addWidget(Button("Copy the address", self._copy))
        buttons.addWidget(self.open_button)
        column = QVBoxLayout(self)
        theme().space(column, 16, 8)
        column.addWidget(Text("This leads out of the program" if allowed else "This cannot be opened", Size.TITLE))
        shown = Passage()
        shown.show_text(self.address.toDisplayString(), Size.BODY)
        scroll = QScrollArea()
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName("Address")
        scroll.setWidget(shown)
        column.addWidget(scroll, 1)
        column.addLayout(buttons)

    def _open(self) -> None:
        QDesktopServices.openUrl(self.address)
        self.accept()

    def _copy(self) -> None:
        copy(self.address.toString())
        self.accept()
