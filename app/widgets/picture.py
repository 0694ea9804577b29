"""An icon that only shows: it follows the theme."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from app.theme import theme


class Picture(QLabel):
    """The icon `name` in a colour role, `size` device-independent pixels high at zoom 1."""

    def __init__(self, name: str = "", role: str = "muted", size: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._role, self._size = name, role, size
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme().changed.connect(self._redraw)
        self._redraw()

    def show_icon(self, name: str, role: str = "muted") -> None:
        """Another icon."""
        self._name, self._role = name, role
        self._redraw()

    def _redraw(self) -> None:
        if self._name:
            self.setPixmap(theme().icon(self._name, self._role).pixmap(theme().icon_size(self._size)))
