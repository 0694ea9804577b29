"""The frame of the pages before the vault is open: one column in the middle, and its fields."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from app.operations import Fault
from app.theme import Size, theme
from app.widgets.banner import Banner
from app.widgets.buttons import IconButton
from app.widgets.field import FieldWithin
from app.widgets.text import Text

COLUMN_WIDTH = 520
"""Width of the column, in device-independent pixels at zoom 1."""


class GatePage(QWidget):
    """A title and a column of what to do; faults appear between the two."""

    def __init__(self, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.setProperty("ground", "surface")
        self.banner = Banner()
        self.column_widget = QWidget()
        self.column = QVBoxLayout(self.column_widget)
        theme().space(self.column, (16, 24, 16, 24), 12)
        self.title = Text(title, Size.DISPLAY, wrap=True)
        self.text = Text(text, wrap=True)
        self.column.addStretch(1)
        for part in (self.title, self.text, self.banner):
            self.column.addWidget(part)
        middle = QWidget()
        row = QHBoxLayout(middle)
        theme().space(row)
        row.addStretch(1)
        row.addWidget(self.column_widget, 100)
        row.addStretch(1)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(middle)
        scroll.setAccessibleName(title)
        whole = QVBoxLayout(self)
        theme().space(whole)
        whole.addWidget(scroll)
        theme().changed.connect(self._resize)
        self._resize()

    def _resize(self) -> None:
        self.column_widget.setMaximumWidth(theme().px(COLUMN_WIDTH))

    def show_fault(self, fault: Fault) -> None:
        """Show a failure under the title."""
        self.banner.show_fault(fault)


class SecretField(FieldWithin):
    """A field for a passphrase or code: hidden unless the eye is pressed, kept out of input histories."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self._eye = IconButton("show", f"Show {name.lower()}", size=16, checkable=True)
        self._eye.toggled.connect(self._show)
        self.hold(self._eye, at_end=True)

    def _show(self, shown: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self._eye.set_icon("hide" if shown else "show")
