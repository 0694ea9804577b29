"""Buttons: every one has a name for screen readers, and its icon follows the theme."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QPushButton, QToolButton, QWidget

from app.theme import Size, theme


def pressed_by_enter(button: QAbstractButton, event: QKeyEvent) -> bool:
    """Whether the key is Enter, which then clicks the button: Qt itself only takes Space outside of dialogs."""
    if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or event.isAutoRepeat():
        return False
    if isinstance(button, (QPushButton, QToolButton)) and button.menu() is not None:
        button.showMenu()
    else:
        button.click()
    return True


class IconButton(QToolButton):
    """A flat button of one icon; `name` is its tooltip and its name for screen readers."""

    def __init__(
        self,
        icon: str,
        name: str,
        on_click: Callable[[], Any] | None = None,
        *,
        role: str = "muted",
        size: int = 18,
        checkable: bool = False,
        shortcut: str = "",
        kind: str = "flat",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon, self._role, self._length = icon, role, size
        self.setProperty("kind", kind)
        self.setCheckable(checkable)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.rename(name, shortcut)
        if on_click is not None:
            self.clicked.connect(lambda _checked=False: on_click())
        theme().changed.connect(self._redraw)
        self._redraw()

    def rename(self, name: str, shortcut: str = "") -> None:
        """Another name (and the keys that do the same, shown in the tooltip)."""
        keys = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText) if shortcut else ""
        self.setAccessibleName(name)
        self.setToolTip(f"{name} ({keys})" if keys else name)

    def set_icon(self, icon: str, role: str | None = None) -> None:
        """Another icon, in the same or another colour role."""
        self._icon, self._role = icon, role or self._role
        self._redraw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter clicks too."""
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)

    def _redraw(self) -> None:
        self.setIcon(theme().icon(self._icon, self._role))
        self.setIconSize(theme().icon_size(self._length))


class Button(QPushButton):
    """A button with words. `kind`: "" (ordinary), `primary` (one a page), `danger`, `flat`, `link`; `small` beside
    the words of a line."""

    def __init__(
        self,
        text: str,
        on_click: Callable[[], Any] | None = None,
        *,
        kind: str = "",
        icon: str = "",
        small: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        if small:
            self.setProperty("scale", str(Size.SMALL))
        self._icon = icon
        self._role = {"primary": "on_accent", "danger": "on_danger", "link": "accent"}.get(kind, "text")
        self.setProperty("kind", kind)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if on_click is not None:
            self.clicked.connect(lambda _checked=False: on_click())
        if icon:
            theme().changed.connect(self._redraw)
            self._redraw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter clicks too."""
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)

    def _redraw(self) -> None:
        self.setIcon(theme().icon(self._icon, self._role))
        self.setIconSize(theme().icon_size(16))


def closing_row(*buttons: QWidget) -> QHBoxLayout:
    """The last row of a dialog: the way out, then the one that does it, at the right."""
    row = QHBoxLayout()
    theme().space(row, gap=8)
    row.addStretch(1)
    for button in buttons:
        row.addWidget(button)
    return row
