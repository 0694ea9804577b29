"""What an empty page shows: an icon, what this is, and what to do."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.theme import Size, theme
from app.widgets.buttons import Button
from app.widgets.picture import Picture
from app.widgets.text import Text


class EmptyState(QWidget):
    """Centred in its place. Give it a `Button` for what to do."""

    def __init__(
        self, icon: str, title: str, text: str, action: Button | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._picture = Picture(icon, size=40)
        self._title = Text(title, Size.TITLE, wrap=True)
        self._text = Text(text, role="muted", wrap=True)
        column = QVBoxLayout(self)
        theme().space(column, 24, 8)
        column.addStretch(2)
        for part in (self._picture, self._title, self._text):
            if isinstance(part, Text):
                part.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            column.addWidget(part)
        if action is not None:
            column.addSpacing(theme().px(8))
            column.addWidget(action, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def say(self, title: str, text: str) -> None:
        """Other words: nothing found instead of nothing there."""
        self._title.setText(title)
        self._text.setText(text)
