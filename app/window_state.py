"""Where the window and its panes were: numbers only, kept in `appearance.window`."""

import base64
import binascii
import json

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow, QSplitter, QWidget


class WindowState:
    """Takes the geometry of the window and of every `QSplitter` that has an object name, and gives it back."""

    def __init__(self, kept: str) -> None:
        self._places: dict[str, str] = {}
        try:
            places = json.loads(kept or "{}")
        except json.JSONDecodeError:
            places = {}
        if isinstance(places, dict):
            self._places = {str(name): str(place) for name, place in places.items()}

    def restore_window(self, window: QMainWindow) -> bool:
        """Put the window where it was; False where nothing (usable) is kept."""
        return "window" in self._places and window.restoreGeometry(self._bytes("window"))

    def restore_panes(self, page: QWidget) -> None:
        """Put the splitters below `page` where they were."""
        for splitter in page.findChildren(QSplitter):
            if splitter.objectName() in self._places:
                splitter.restoreState(self._bytes(splitter.objectName()))

    def take(self, window: QMainWindow) -> str:
        """What to keep: the window and the splitters that exist now, and what was kept of others."""
        self._places["window"] = _text(window.saveGeometry())
        self.take_panes(window)
        return json.dumps(self._places, sort_keys=True)

    def take_panes(self, page: QWidget) -> None:
        """Note the splitters below `page`, before it goes."""
        for splitter in page.findChildren(QSplitter):
            if splitter.objectName():
                self._places[splitter.objectName()] = _text(splitter.saveState())

    def _bytes(self, name: str) -> QByteArray:
        try:
            return QByteArray(base64.b64decode(self._places[name], validate=True))
        except binascii.Error:
            return QByteArray()


def _text(state: QByteArray) -> str:
    return base64.b64encode(state.data()).decode()
