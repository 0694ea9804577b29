"""Keeping unsent text: in the order it was written, and never older text over newer."""

import logging
import threading

from PySide6.QtCore import QObject

from app.operations import Operations
from memos_engine.errors import MemosError

log = logging.getLogger("memos.app")


class Drafts(QObject):
    """Saves drafts in the background. Several saves may be under way at once; only the newest one writes last."""

    def __init__(self, operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._operations = operations
        self._lock = threading.Lock()
        self._newest: dict[str, int] = {}

    def save(self, conversation_id: str, text: str) -> None:
        """Keep the text soon."""
        number = self._next(conversation_id)
        self._operations.run(
            self, "Keep the draft", lambda _progress, _cancel: self._write(conversation_id, text, number)
        )

    def save_now(self, conversation_id: str, text: str) -> None:
        """Keep the text before this returns. What goes wrong is logged: the window or the vault is closing."""
        try:
            self._write(conversation_id, text, self._next(conversation_id))
        except MemosError as error:
            log.warning("a draft could not be kept: %s", error.code)

    def _next(self, conversation_id: str) -> int:
        with self._lock:
            self._newest[conversation_id] = self._newest.get(conversation_id, 0) + 1
            return self._newest[conversation_id]

    def _write(self, conversation_id: str, text: str, number: int) -> None:
        with self._lock:
            if self._newest[conversation_id] == number:
                self._operations.engine.chats.save_draft(conversation_id, text)
