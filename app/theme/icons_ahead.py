"""Icons drawn before they are needed."""

from PySide6.QtCore import QObject, QTimer

from app.theme.icons import GLYPHS
from app.theme.theme import theme

EVERY_MS = 20
_ROLES = ("muted", "text")
"""Colours of nearly all icons."""


class IconsAhead(QObject):
    """Draws one icon after the other between other events, so that a page finds its own when it is first shown."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._left = [(name, role) for role in _ROLES for name in GLYPHS]
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._draw)

    def start(self) -> None:
        """Begin, or go on with what is left."""
        self._timer.start()

    def _draw(self) -> None:
        if self._left:
            theme().icon(*self._left.pop(0))
        else:
            self._timer.stop()
