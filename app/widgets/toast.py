"""A short note over the lower edge of the window, with undo where there is one."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app.theme import theme
from app.widgets.buttons import Button, IconButton
from app.widgets.text import Text

SHOWN_MS = 8000
ABOVE_EDGE = 96
"""Distance from the lower edge in device-independent pixels at zoom 1: clear of the field that one types in."""

_DONE = {
    "Confirm": "Confirmed {}",
    "Delete": "Deleted {}",
    "Edit": "Edited {}",
    "Empty": "Emptied {}",
    "Forget": "Forgot {} for good",
    "Import": "Imported {}",
    "Keep": "Kept {}",
    "Merge": "Merged {}",
    "Move": "Moved {}",
    "Pin": "Pinned {}",
    "Refuse": "Not remembered: {}",
    "Remember": "Remembered {}",
    "Remove": "Moved {} to the trash",
    "Restore": "Restored {}",
    "Undo:": "Undone: {}",
    "Unpin": "Unpinned {}",
}
"""First word of an operation's name → how it is told once it is done, around the rest of the name."""


def done(label: str) -> str:
    """The name of an operation once it is done: "Remove 2 memories" → "Moved 2 memories to the trash"."""
    first, _, rest = label.partition(" ")
    return _DONE[first].format(rest).rstrip() if first in _DONE else label


class Toast(QFrame):
    """One note at a time over `host`; it goes by itself, but not while the pointer or the focus is on it."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self.setProperty("card", True)
        self._text = Text()
        self._action = Button("Undo", kind="link")
        self._action.clicked.connect(self._act)
        self._do: Callable[[], Any] | None = None
        row = QHBoxLayout(self)
        theme().space(row, (12, 8, 8, 8), 12)
        row.addWidget(self._text)
        row.addWidget(self._action)
        row.addWidget(IconButton("close", "Close this note", self.hide, size=14))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self._leave)
        host.installEventFilter(self)
        self.hide()

    def say(self, text: str, action: str = "", on_action: Callable[[], Any] | None = None) -> None:
        """Show `text`, and a button `action` that calls `on_action`."""
        self._text.setText(text)
        self._action.setText(action)
        self._action.setVisible(on_action is not None)
        self._do = on_action
        self.setAccessibleName(text)
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        self._timer.start()

    def _act(self) -> None:
        do, self._do = self._do, None
        self.hide()
        if do is not None:
            do()

    def _leave(self) -> None:
        if self.underMouse() or self._action.hasFocus():
            self._timer.start()
        else:
            self.hide()

    def _place(self) -> None:
        self.move(
            (self._host.width() - self.width()) // 2, self._host.height() - self.height() - theme().px(ABOVE_EDGE)
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the lower edge when the host changes its size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)
