"""Keeping what is not sent: in the order it was written, and never older text over newer."""

import logging
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject

from app.operations import Operations
from memos_engine.errors import MemosError
from memos_engine.types import Unsent

log = logging.getLogger("memos.app")


class Drafts(QObject):
    """Saves drafts, and the messages that wait, in the background. Several saves may be under way at once; only the
    newest one of each kind and conversation writes last."""

    def __init__(self, operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._operations = operations
        self._numbering, self._writing = threading.Lock(), threading.Lock()
        self._newest: dict[tuple[str, str], int] = {}
        self._waiting: dict[str, list[str]] = {}
        """Ids of the messages that were given to be kept last."""

    def save(self, conversation_id: str, text: str) -> None:
        """Keep the text soon."""
        chats = self._operations.engine.chats
        self._soon("draft", conversation_id, lambda: chats.save_draft(conversation_id, text))

    def save_now(self, conversation_id: str, text: str) -> None:
        """Keep the text before this returns. What goes wrong is logged: the window or the vault is closing."""
        chats = self._operations.engine.chats
        self._now("draft", conversation_id, lambda: chats.save_draft(conversation_id, text))

    def save_waiting(self, conversation_id: str, unsent: tuple[Unsent, ...]) -> None:
        """Keep these messages soon, if they are not the ones that were kept last."""
        chats, ids = self._operations.engine.chats, [one.id for one in unsent]
        if ids != self._waiting.get(conversation_id, []):
            self._waiting[conversation_id] = ids
            self._soon("waiting", conversation_id, lambda: chats.save_waiting(conversation_id, unsent))

    def save_waiting_now(self, conversation_id: str, unsent: tuple[Unsent, ...]) -> None:
        """Keep these messages, or that none waits any more, before this returns. What goes wrong is logged."""
        chats = self._operations.engine.chats
        if unsent or conversation_id in self._waiting:
            self._now("waiting", conversation_id, lambda: chats.save_waiting(conversation_id, unsent))

    def _soon(self, what: str, conversation_id: str, write: Callable[[], None]) -> None:
        number = self._next(what, conversation_id)
        self._operations.run(
            self,
            "Keep what is not sent",
            lambda _progress, _cancel: self._write(what, conversation_id, number, write),
        )

    def _now(self, what: str, conversation_id: str, write: Callable[[], None]) -> None:
        try:
            self._write(what, conversation_id, self._next(what, conversation_id), write)
        except MemosError as error:
            log.warning("what is not sent could not be kept: %s", error.code)

    def _next(self, what: str, conversation_id: str) -> int:
        with self._numbering:
            self._newest[what, conversation_id] = self._newest.get((what, conversation_id), 0) + 1
            return self._newest[what, conversation_id]

    def _write(self, what: str, conversation_id: str, number: int, write: Callable[[], None]) -> None:
        # Whoever types needs a number only, and never waits for a write.
        with self._writing:
            with self._numbering:
                is_newest = self._newest[what, conversation_id] == number
            if is_newest:
                write()
