"""A line that says what went wrong (or what to know) where the work was, with a way on."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.operations import Fault
from app.theme import theme
from app.widgets.buttons import Button, IconButton
from app.widgets.discard import discard_all
from app.widgets.picture import Picture
from app.widgets.text import Text


class Banner(QFrame):
    """Hidden until it has something to say; closed by its cross or by `clear`. Put one at the top of each page.

    A page shows faults of its work by `def show_fault(self, fault): self.banner.show_fault(fault)`.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = Picture(size=18)
        self._message = Text(wrap=True, selectable=True)
        self._hint = Text(role="muted", wrap=True, selectable=True)
        self._actions = QHBoxLayout()
        theme().space(self._actions, 0, 8)
        close = IconButton("close", "Close this message", self.clear, size=14)
        words = QVBoxLayout()
        theme().space(words, 0, 4)
        words.addWidget(self._message)
        words.addWidget(self._hint)
        words.addLayout(self._actions)
        row = QHBoxLayout(self)
        theme().space(row, (12, 8, 8, 8), 8)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_fault(self, fault: Fault, *ways_on: Button) -> None:
        """What went wrong and the hint; `ways_on` are buttons such as "Try again"."""
        self._say("error", "error", "danger", fault.message, fault.hint, ways_on)

    def say(self, message: str, hint: str = "", *ways_on: Button, icon: str = "info") -> None:
        """Something to know that is no failure."""
        self._say("note", icon, "muted", message, hint, ways_on)

    def _say(self, kind: str, icon: str, role: str, message: str, hint: str, ways_on: tuple[Button, ...]) -> None:
        self.setProperty("banner", kind)
        self.style().unpolish(self)
        self.style().polish(self)
        self._picture.show_icon(icon, role)
        self._message.setText(message)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._empty_actions()
        for button in ways_on:
            button.clicked.connect(self.clear)
            self._actions.addWidget(button)
        self._actions.addStretch(1)
        self.setAccessibleName(f"{message} {hint}".strip())
        self.show()

    def clear(self) -> None:
        """Say nothing."""
        self.hide()
        self._empty_actions()

    def _empty_actions(self) -> None:
        discard_all(self._actions)

    @property
    def message(self) -> str:
        """What it says now; empty when hidden."""
        return "" if self.isHidden() else self._message.text()
