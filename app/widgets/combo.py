"""A box to choose one of several from."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox

from app.theme import theme


class Combo(QComboBox):
    """A combo box with the theme's arrow, which leaves the wheel to the page while it has no focus."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn only where it has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The arrow at the end of the line: a style sheet cannot draw one without a picture file."""
        super().paintEvent(event)
        size, gap = theme().px(12), theme().px(8)
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = gap if rtl else self.width() - gap - size
        painter = QPainter(self)
        theme().icon("down").paint(painter, QRect(left, (self.height() - size) // 2, size, size))
        painter.end()
