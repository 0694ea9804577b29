"""Garbage collection on the GUI thread only, in small steps.

Python collects cycles in whichever thread allocates. In one of the engine's threads that could destroy a Qt object that
belongs to the GUI thread, which Qt does not allow, and a full collection anywhere stops every thread.
"""

import gc
import time

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 100
YOUNG = 4_000
"""New container objects that are worth a collection."""
MIDDLE_AFTER = 20
"""Collections of the youngest before one of the middle generation."""
FULL_AFTER_S = 120.0


class Collector(QObject):
    """Turns automatic collection off while it lives, and collects by a timer of the GUI thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps = 0
        self._full = time.monotonic()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.step)
        self._timer.start()

    def step(self) -> None:
        """Collect as much as is due."""
        if gc.get_count()[0] < YOUNG:
            if self._steps and time.monotonic() - self._full > FULL_AFTER_S:
                self._full, self._steps = time.monotonic(), 0
                gc.collect()
            return
        self._steps += 1
        gc.collect(1 if self._steps % MIDDLE_AFTER == 0 else 0)

    def close(self) -> None:
        """Leave collection to Python again."""
        self._timer.stop()
        gc.enable()
