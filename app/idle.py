"""Locking after a time without input."""

import time

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow

from memos_engine.settings import Settings

CHECK_EVERY_MS = 5_000

_INPUT = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.InputMethod,
        QEvent.Type.TabletMove,
    }
)


class IdleWatch(QObject):
    """Emits `idle` once no input came for the minutes of `security.idle_minutes` (0: never).

    It watches native windows only, since a filter on the application would run for every event of every widget.
    The wall clock counts too, so that time asleep is time without input.
    """

    idle = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._timer = QTimer(self)
        self._timer.setInterval(CHECK_EVERY_MS)
        self._timer.timeout.connect(self.check)
        self._timer.start()
        self.touch()
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self._watch)

    def _watch(self, window: QWindow | None) -> None:
        if window is not None:
            window.removeEventFilter(self)
            window.installEventFilter(self)
            self.touch()

    def touch(self) -> None:
        """Something was done just now."""
        self._wall, self._steady = time.time(), time.monotonic()

    def check(self) -> None:
        """Emit `idle` where it is time."""
        minutes = self._settings.whole("security.idle_minutes")
        still = max(time.time() - self._wall, time.monotonic() - self._steady)
        if minutes > 0 and still >= minutes * 60:
            self.touch()
            self.idle.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note input, let everything pass."""
        if event.type() in _INPUT:
            self.touch()
        return super().eventFilter(watched, event)
