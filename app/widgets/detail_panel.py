"""The panel on the right: titled sections, the same on every page."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.theme import Size, theme
from app.widgets.discard import discard_all
from app.widgets.text import Text


class Section(QWidget):
    """A title and what belongs to it. It hides itself while it holds nothing."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        theme().space(self._column, 0, 8)
        self.title = Text(title, Size.SMALL, "muted")
        self._column.addWidget(self.title)
        self.hide()

    def add(self, widget: QWidget) -> QWidget:
        """Append a widget and show the section."""
        self._column.addWidget(widget)
        self.show()
        return widget

    def empty(self) -> None:
        """Drop what it holds and hide."""
        discard_all(self._column, 1)
        self.hide()

    def widgets(self) -> list[QWidget]:
        """What it holds."""
        items = (self._column.itemAt(index) for index in range(1, self._column.count()))
        return [widget for item in items if item is not None and (widget := item.widget()) is not None]


class DetailPanel(QScrollArea):
    """A scrolling column of `Section`s; put it on the right of a splitter."""

    def __init__(self, name: str = "Details", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        body.setProperty("ground", "surface")
        self._column = QVBoxLayout(body)
        theme().space(self._column, 16, 16)
        self._column.addStretch(1)
        self.setWidget(body)

    def add_section(self, title: str) -> Section:
        """A new section below the others."""
        section = Section(title)
        self._column.insertWidget(self._column.count() - 1, section)
        return section

    def add(self, widget: QWidget) -> QWidget:
        """A widget of its own below the others."""
        self._column.insertWidget(self._column.count() - 1, widget)
        return widget

    def empty(self) -> None:
        """Drop all sections and widgets."""
        discard_all(self._column)
        self._column.addStretch(1)
