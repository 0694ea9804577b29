"""Keeping what is not sent: in the order it was written, and never older text over newer."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from app.operations import Operations
from memos_engine.types import Unsent


class Drafts(QObject):
    """Keeps drafts, and the messages that wait, in the background. What was asked for before the vault is locked or the
    window is closed is durable then: both wait for it."""

    def __init__(self, operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._operations = operations
        self._newest: dict[tuple[str, str], object] = {}
        """The last write that was asked for, of each kind and conversation: older ones need not be made any more."""
        self._waiting: dict[str, list[str]] = {}
        """Ids of the messages that were given to be kept last."""

    def save(self, conversation_id: str, text: str) -> None:
        """Keep the text."""
        chats = self._operations.engine.chats
        self._keep("draft", conversation_id, lambda: chats.save_draft(conversation_id, text))

    def save_waiting(self, conversation_id: str, unsent: tuple[Unsent, ...], *, again: bool = False) -> None:
        """Keep these messages, if they are not the ones that were given last; with `again`, those too, unless they are
        none."""
        chats, ids = self._operations.engine.chats, [one.id for one in unsent]
        if ids != self._waiting.get(conversation_id, []) or (again and ids):
            self._waiting[conversation_id] = ids
            self._keep("waiting", conversation_id, lambda: chats.save_waiting(conversation_id, unsent))

    def _keep(self, what: str, conversation_id: str, write: Callable[[], None]) -> None:
        self._newest[what, conversation_id] = write

        def work(_progress: object, _cancel: object) -> None:
            if self._newest[what, conversation_id] is write:
                write()

        self._operations.run(self, "Keep what is not sent", work, keeps=True)
