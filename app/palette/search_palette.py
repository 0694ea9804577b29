"""Ctrl+K: titles, messages and memories that hold the words as typed so far."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QListWidgetItem, QWidget

from app.context import AppContext
from app.operations import Fault
from app.palette.palette import AsideRole, Palette
from app.theme import theme
from app.widgets.dates import friendly
from memos_engine.types import HitKind, SearchHit

WAIT_MS = 60
"""Rest after a key before the search begins."""

_TITLES = {HitKind.CONVERSATION: "Chats", HitKind.MESSAGE: "Messages", HitKind.MEMORY: "Memories"}
_ICONS = {HitKind.CONVERSATION: "chat", HitKind.MESSAGE: "message", HitKind.MEMORY: "memories"}


class SearchPalette(Palette):
    """A click or Enter opens the chat, the message in its chat, or the memory."""

    def __init__(self, context: AppContext, parent: QWidget) -> None:
        super().__init__("Search chats and memories", "Search chats and memories", parent)
        self._context = context
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._search)
        self.say("Type a word that was in it.")

    def look(self, text: str) -> None:
        """Search a little after the last key."""
        if text.strip():
            self._timer.start()
        else:
            self._timer.stop()
            self._show(())

    def _search(self) -> None:
        recall, text = self._context.engine.recall, self.field.text()
        self._context.operations.run(
            self, "Search", lambda _progress, _cancel: recall.search(text), self._show, self._failed, key="palette"
        )

    def _failed(self, fault: Fault) -> None:
        self.list.clear()
        self.say(f"{fault.message} {fault.hint}")

    def _show(self, hits: tuple[SearchHit, ...]) -> None:
        self.list.clear()
        for kind, title in _TITLES.items():
            found = [hit for hit in hits if hit.kind is kind]
            if found:
                heading = QListWidgetItem(title)
                heading.setFlags(Qt.ItemFlag.NoItemFlags)
                self.list.addItem(heading)
            for hit in found:
                words = " ".join(hit.text.split())[:200]
                item = QListWidgetItem(theme().icon(_ICONS[kind]), words)
                item.setData(Qt.ItemDataRole.UserRole, hit)
                item.setData(AsideRole, friendly(hit.time))
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{words}, {friendly(hit.time)}")
                self.list.addItem(item)
        typed = self.field.text().strip()
        self.say("" if hits else ("Nothing holds these words." if typed else "Type a word that was in it."))
        self.select_first()

    def choose(self, item: QListWidgetItem) -> None:
        """Open what was found."""
        hit = item.data(Qt.ItemDataRole.UserRole)
        if not isinstance(hit, SearchHit):
            return
        navigator = self._context.navigator
        if hit.kind is HitKind.MEMORY:
            navigator.memory.emit(hit.id)
        elif hit.kind is HitKind.CONVERSATION:
            navigator.conversation.emit(hit.conversation_id or hit.id, "", 0, 0)
        else:
            navigator.conversation.emit(hit.conversation_id or "", hit.id, 0, 0)
