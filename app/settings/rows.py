"""What every group of settings is built of: a card of rows, each with its name, a sentence and its controls."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.theme import Size, theme
from app.widgets.discard import discard
from app.widgets.text import Text

NARROW = 400
"""Width of a row, in device-independent pixels at zoom 1, below which words and controls don't stand side by side."""


class Row(QFrame):
    """One setting or action: title and sentence on the left, controls on the right, what is long below them."""

    def __init__(
        self, title: str, text: str, controls: Sequence[QWidget] = (), *, below: QWidget | None = None
    ) -> None:
        super().__init__()
        self.title = Text(title, wrap=True)
        self.text = Text(text, Size.SMALL, "muted", wrap=True)
        if not text:
            self.text.hide()
        self._problem = Text("", Size.SMALL, "danger", wrap=True, selectable=True)
        self._problem.hide()
        self._words = f"{title} {text}".casefold()

        self._result = Text("", Size.SMALL, "accent", wrap=True, selectable=True)
        self._result.hide()

        names = QVBoxLayout()
        theme().space(names, gap=4)
        self._first_line = QHBoxLayout()
        theme().space(self._first_line, gap=8)
        self._first_line.addWidget(self.title, 1)
        names.addLayout(self._first_line)
        names.addWidget(self.text)
        names.addWidget(self._problem)
        names.addWidget(self._result)
        self._top = top = QHBoxLayout()
        theme().space(top, gap=16)
        top.addLayout(names, 1)
        self._controls = QHBoxLayout()
        theme().space(self._controls, gap=16)
        for control in controls:
            control.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            self._controls.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addLayout(self._controls)
        whole = QVBoxLayout(self)
        theme().space(whole, (16, 12, 16, 12), 8)
        whole.addLayout(top)
        if below is not None:
            whole.addWidget(below)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow the controls go below the words."""
        super().resizeEvent(event)
        narrow = event.size().width() < theme().px(NARROW)
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._top.direction() != direction:
            self._top.setDirection(direction)
            theme().space(self._top, gap=8 if narrow else 16)
            # Below the words the control itself comes first, and what resets it behind it.
            order = QBoxLayout.Direction.RightToLeft if narrow else QBoxLayout.Direction.LeftToRight
            self._controls.setDirection(order)
            side = Qt.AlignmentFlag.AlignLeft if narrow else Qt.AlignmentFlag.AlignVCenter
            self._top.setAlignment(self._controls, side)

    def add_words(self, words: str) -> None:
        """More words by which the search finds the row."""
        self._words += f" {words.casefold()}"

    def matches(self, words: Sequence[str]) -> bool:
        """Whether every word (casefolded) is in the row's title, sentence or further words."""
        return all(word in self._words for word in words)

    def show_problem(self, problem: str) -> None:
        """Say in the row what went wrong with it; an empty text takes it away."""
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    def show_result(self, result: str) -> None:
        """Say in the row what its work came to; an empty text takes it away."""
        self._result.setText(result)
        self._result.setVisible(bool(result))

    def mark(self, widget: QWidget) -> None:
        """Put a small mark before the title."""
        self._first_line.insertWidget(0, widget)

    def set_text(self, text: str) -> None:
        """Replace the sentence below the title."""
        self.text.setText(text)
        self.text.setVisible(bool(text))


class Section(QWidget):
    """A titled card of rows. `name` is its key in the page's list of sections."""

    def __init__(self, name: str, title: str, text: str = "") -> None:
        super().__init__()
        self.name = name
        self.title = title
        self.rows: list[Row] = []
        heading = Text(title, Size.TITLE)
        self._card = QFrame()
        self._card.setProperty("card", True)
        self._inside = QVBoxLayout(self._card)
        theme().space(self._inside)
        whole = QVBoxLayout(self)
        theme().space(whole, gap=8)
        whole.addWidget(heading)
        if text:
            whole.addWidget(Text(text, Size.BODY, "muted", wrap=True))
        whole.addWidget(self._card)

    def add(self, row: Row) -> Row:
        """Append a row."""
        row.setProperty("line", "above" if self.rows else "")
        self.rows.append(row)
        self._inside.addWidget(row)
        return row

    def clear(self) -> None:
        """Take all rows away."""
        for row in self.rows:
            self._inside.removeWidget(row)
            discard(row)
        self.rows.clear()

    def search(self, words: Sequence[str]) -> bool:
        """Show only the rows that match (a word of the section's title counts); whether any does."""
        rest = [word for word in words if word not in self.title.casefold()]
        first = True
        for row in self.rows:
            found = row.matches(rest)
            row.setVisible(found)
            if found:
                line = "" if first else "above"
                if row.property("line") != line:
                    row.setProperty("line", line)
                    row.style().unpolish(row)
                    row.style().polish(row)
                first = False
        return not first
