"""Garbage collection on the GUI thread only, in small steps.

Python collects cycles in whichever thread allocates. In one of the engine's threads that could destroy a Qt object that
belongs to the GUI thread, which Qt does not allow, and a full collection anywhere stops every thread.
"""

import gc
import time

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 25
YOUNG = 2_000
"""New container objects that are worth a collection."""
MIDDLE = 30_000
"""New container objects after which the middle generation is collected: some ten milliseconds of work."""
FULL_AFTER_S = 120.0
QUIET_S = 10.0
"""How long next to nothing must have been allocated before a full collection may stop everything for a moment."""


class Collector(QObject):
    """Turns automatic collection off while it lives, and collects by a timer of the GUI thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._middle = 0
        self._full = self._active = time.monotonic()
        # Libraries that disable collection for a while enable it behind (srsly does, as spaCy loads): no threshold does
        # what they cannot undo.
        self._thresholds = gc.get_threshold()
        gc.set_threshold(0)
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.step)
        self._timer.start()

    def step(self) -> None:
        """Collect as much as is due."""
        young, now = gc.get_count()[0], time.monotonic()
        if young >= YOUNG:
            self._active = now
            self._middle += young
            older = self._middle >= MIDDLE
            if older:
                self._middle = 0
            gc.collect(1 if older else 0)
        elif self._active > self._full and now - self._active > QUIET_S and now - self._full > FULL_AFTER_S:
            self._full = now
            gc.collect()

    def close(self) -> None:
        """Leave collection to Python again."""
        self._timer.stop()
        gc.set_threshold(*self._thresholds)
