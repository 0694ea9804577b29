"""A text field with a picture or button in it, which grows with the zoom as the field does."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.theme import theme


class FieldWithin(QLineEdit):
    """Holds a widget at its beginning or its end. (The actions of a `QLineEdit` keep the size of their icon.)"""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(name)
        self.setAccessibleName(name)
        self._within: QWidget | None = None
        self._at_end = False
        theme().changed.connect(self._place)

    def hold(self, within: QWidget, *, at_end: bool) -> None:
        """Put `within` into the field."""
        self._within, self._at_end = within, at_end
        within.setParent(self)
        within.setCursor(Qt.CursorShape.ArrowCursor)
        self._place()

    def event(self, event: QEvent) -> bool:
        """Undo is the page's where the field has nothing to take back."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.matches(QKeySequence.StandardKey.Undo)
            and not self.isUndoAvailable()
        ):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that what it holds had no use for are not written into it."""
        if self._within is not None and self._within.hasFocus():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What it holds stays at its place."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        if self._within is None:
            return
        size, gap = self._within.sizeHint(), theme().px(4)
        left = self.width() - size.width() - gap if self._at_end else gap * 2
        self._within.setGeometry(left, (self.height() - size.height()) // 2, size.width(), size.height())
        room = size.width() + gap
        self.setTextMargins(0 if self._at_end else room, 0, room if self._at_end else 0, 0)
