"""Dialogs that pages share: a name, a yes, and a typed confirmation."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from app.theme import Size, theme
from app.widgets.buttons import Button, closing_row
from app.widgets.discard import discard_when_finished
from app.widgets.text import Text

WIDTH = 420


class Dialog(QDialog):
    """A title, a sentence, what is asked, and at the lower edge Cancel and the one button that goes on.

    It belongs to the window of `parent`, which closes it when it locks. Nobody waits in it: see `ask`.
    """

    def __init__(self, parent: QWidget, title: str, text: str, go: str, *, kind: str = "primary") -> None:
        super().__init__(parent.window())
        discard_when_finished(self)
        self.setWindowTitle(title)
        self.setMinimumWidth(theme().px(WIDTH))
        self._fields: list[QLineEdit] = []
        self.column = QVBoxLayout()
        theme().space(self.column, gap=8)
        self.go = Button(go, self.accept, kind=kind)
        self.go.setDefault(True)
        self.cancel = Button("Cancel", self.reject)
        buttons = closing_row(self.cancel, self.go)
        whole = QVBoxLayout(self)
        theme().space(whole, 24, 16)
        whole.addWidget(Text(title, Size.TITLE, wrap=True))
        if text:
            whole.addWidget(Text(text, role="muted", wrap=True))
        whole.addLayout(self.column)
        whole.addStretch(1)
        whole.addLayout(buttons)
        if kind == "danger":
            # An Enter too many must not do it.
            self.cancel.setFocus()

    def ask(self, on_accept: Callable[[], Any] | None = None) -> None:
        """Show it over its window; `on_accept` is called when the person goes on."""
        if on_accept is not None:
            self.accepted.connect(on_accept)
        self.open()

    def field(self, name: str, *, secret: bool = False) -> QLineEdit:
        """Add a named line to write in."""
        line = QLineEdit()
        line.setAccessibleName(name)
        if secret:
            line.setEchoMode(QLineEdit.EchoMode.Password)
            line.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        words = Text(name, Size.SMALL, "muted")
        words.setBuddy(line)
        self.column.addWidget(words)
        self.column.addWidget(line)
        if self._fields:
            self.setTabOrder(self._fields[-1], line)
        else:
            line.setFocus()
        self.setTabOrder(line, self.cancel)
        self.setTabOrder(self.cancel, self.go)
        self._fields.append(line)
        return line


class NameDialog(Dialog):
    """Asks for a name. `name` is what was given, without spaces around it."""

    def __init__(self, parent: QWidget, title: str, text: str, go: str, name: str = "") -> None:
        super().__init__(parent, title, text, go)
        self._line = self.field("Name")
        self._line.setText(name)
        self._line.selectAll()
        self._line.textChanged.connect(self._check)
        self._check()

    def _check(self) -> None:
        self.go.setEnabled(bool(self.name))

    @property
    def name(self) -> str:
        """The name."""
        return self._line.text().strip()


class TypedConfirmation(Dialog):
    """For what cannot be taken back: the button works once `word` was typed."""

    def __init__(self, parent: QWidget, title: str, text: str, go: str, word: str) -> None:
        super().__init__(parent, title, text, go, kind="danger")
        self._word = word
        self._line = self.field(f"Type “{word}” to go on")
        self._line.textChanged.connect(self._check)
        self._check()

    def _check(self) -> None:
        self.go.setEnabled(self._line.text().strip() == self._word)
