"""The middle of the chat page: one conversation, its thread and where one writes."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.chat.composer import Composer
from app.chat.drafts import Drafts
from app.chat.find_bar import FindBar
from app.chat.header import ChatHeader
from app.chat.link_dialog import LinkDialog
from app.chat.message_widget import MessageWidget
from app.chat.row import Learned, Row
from app.chat.thread_view import ThreadView
from app.chat.turns import Turns
from app.context import AppContext
from app.operations import Fault
from app.theme import theme
from app.widgets import memory_actions
from app.widgets.banner import Banner
from app.widgets.empty_state import EmptyState
from memos_engine.types import (
    Conversation,
    MemoryChanges,
    Message,
    Reply,
    Role,
    Unsent,
)

log = logging.getLogger("memos.app")

DRAFT_MS = 600
RELOAD_MS = 80
_TOLD = {
    "automatic": "What you tell about yourself is remembered, with undo.",
    "ask": "What you tell about yourself is remembered after a word from you.",
    "paused": "Nothing that you tell is remembered until you go on with remembering in Settings.",
}
"""What becomes of what the person tells, by the setting `memory.remembering`."""


@dataclass(frozen=True)
class Opened:
    """What opening a conversation brings."""

    conversation: Conversation
    thread: tuple[Message, ...]
    draft: str = ""
    waiting: tuple[Unsent, ...] = ()


@dataclass
class Target:
    """Where to go in a conversation: a message and a span of it."""

    message_id: str = ""
    start: int = 0
    end: int = 0


class ConversationPane(QWidget):
    """Shows a conversation, or an empty one that begins with the first words. Runs its turns."""

    opened = Signal(str)
    """A conversation is in view (its id; "" for one not begun)."""
    reply_shown = Signal(Row, tuple, bool)
    """A reply is to be explained: its row, what its question taught, and whether just now."""
    pointed_at = Signal(str)
    """One of the memories of the reply that is explained is to be found there."""
    nothing_shown = Signal()
    created = Signal(Conversation)

    def __init__(self, context: AppContext, banner: Banner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context, self._banner = context, banner
        self.conversation: Conversation | None = None
        self._temporary, self._memory_on = False, True
        self._editing: Message | None = None
        self._saved_draft = ""
        self._making: list[Conversation] | None = None
        """While a chat is made for the first words: that chat, once it is there."""
        self._outbox: list[Unsent] = []
        self._drafts = Drafts(context.operations, self)
        self._build()
        self._turns = Turns(context, self.thread_view, self.composer, banner, self._drafts, self)
        self.busy = self._turns.busy
        self._connect()
        self._draft_timer = self._timer(DRAFT_MS, self._save_draft)
        self._reload_timer = self._timer(RELOAD_MS, self.reload)
        self.begin()

    def _timer(self, interval: int, on_time: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval)
        timer.timeout.connect(on_time)
        return timer

    def _build(self) -> None:
        self.header = ChatHeader()
        self.find_bar = FindBar()
        self.thread_view = ThreadView()
        self.empty = EmptyState("chat", "", "")
        self.composer = Composer()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.thread_view)
        below = QVBoxLayout()
        theme().space(below, (16, 4, 16, 12))
        below.addWidget(self.composer)
        column = QVBoxLayout(self)
        theme().space(column)
        column.addWidget(self.header)
        column.addWidget(self.find_bar)
        column.addWidget(self._stack, 1)
        column.addLayout(below)

    def _connect(self) -> None:
        self.header.memory_toggled.connect(self._set_memory)
        self.header.temporary_toggled.connect(self._set_temporary)
        self.header.find_wanted.connect(self.open_find)
        self.find_bar.looked_for.connect(self.thread_view.mark_query)
        self.find_bar.shown.connect(self.thread_view.show_row_at_top)
        self.find_bar.closed.connect(self.composer.field.setFocus)
        self.thread_view.made.connect(self._wire)
        self.composer.sent.connect(self._sent)
        self.composer.stopped.connect(self._turns.stop)
        self.composer.changed.connect(lambda: self._draft_timer.start())
        self.composer.queue_edited.connect(self._edit_waiting)
        self.composer.queue_removed.connect(lambda message_id: self._turns.take_out(message_id))
        self.composer.held_sent.connect(self._send_held)
        self.composer.edit_ended.connect(self._edit_ended)
        self._turns.replied.connect(self._replied)
        self._turns.state_changed.connect(self._show_state)
        self._turns.stale.connect(lambda: self._reload_timer.start())
        self.context.operations.changed.connect(self._hear)

    # --- which conversation -----------------------------------------------------------------------------------------

    def begin(self, *, temporary: bool = False) -> None:
        """An empty conversation, made when the first words come."""
        self._leave()
        self.conversation, self._temporary, self._memory_on = None, temporary, True
        self._turns.shown = ""
        self.thread_view.clear()
        self._put_draft("")
        self._show_state()
        self.header.show_context(None)
        self.nothing_shown.emit()
        self.opened.emit("")
        self.composer.field.setFocus()

    def open(self, conversation_id: str, target: Target | None = None) -> None:
        """Show a conversation, at a message where one is given."""
        if self.conversation is not None and self.conversation.id == conversation_id and target is None:
            return
        self._leave()
        chats = self.context.engine.chats
        wanted = target or Target()

        def work(_progress: object, _cancel: object) -> Opened:
            found = chats.locate(wanted.message_id) if wanted.message_id else chats.get(conversation_id)
            return Opened(found, chats.thread(found.id), chats.draft(found.id), chats.waiting(found.id))

        self.context.operations.run(
            self, "Open a chat", work, lambda opened: self._show(opened, wanted), key="open-conversation"
        )

    def _show(self, opened: Opened, target: Target) -> None:
        self.conversation, self._turns.shown = opened.conversation, opened.conversation.id
        self._temporary, self._memory_on = opened.conversation.temporary, opened.conversation.memory_on
        self.thread_view.clear()
        self._turns.opened(opened.waiting)
        self._take_thread(opened.thread)
        self._put_draft(opened.draft)
        self._show_state()
        self.measure_context()
        self.opened.emit(opened.conversation.id)
        if target.message_id:
            self.thread_view.show_row_at_top(target.message_id)
            if target.end > target.start:
                self.thread_view.mark_span(target.message_id, target.start, target.end)
        else:
            self.thread_view.to_end()
        self._explain_last()
        self.composer.field.setFocus()

    def _take_thread(self, thread: tuple[Message, ...]) -> None:
        self.thread_view.show_messages(thread)
        self._turns.acknowledge(thread)
        self._turns.restore_recent()
        self._turns.recall_learned()
        self._turns.show_growth()

    def reload(self) -> None:
        """Read the thread again."""
        if self.conversation is None:
            return
        chats, wanted = self.context.engine.chats, self.conversation.id

        def work(_progress: object, _cancel: object) -> Opened:
            return Opened(chats.get(wanted), chats.thread(wanted))

        self.context.operations.run(self, "Read the chat", work, self._reloaded, self._vanished, key="reload-thread")

    def _reloaded(self, opened: Opened) -> None:
        if (
            self.conversation is not None
            and self.conversation.id == opened.conversation.id
            and not self._turns.branch_pending
        ):
            self.conversation = opened.conversation
            if not self._turns.is_busy and not self._turns.queue:
                self.thread_view.drop_pending()
            self._take_thread(opened.thread)
            self._show_state()

    def _vanished(self, fault: Fault) -> None:
        if fault.code == "not_found":
            self.begin()
        else:
            self._banner.show_fault(fault)

    def _leave(self) -> None:
        self._draft_timer.stop()
        self._save_draft()
        self.composer.end_edit()
        self.find_bar.end()
        self._banner.clear()
        written = self.thread_view.rows or self.composer.text.strip() or self._turns.held or self._turns.queue
        if self.conversation is not None and not written and not self.conversation.messages:
            self._discard(self.conversation)

    def _discard(self, conversation: Conversation) -> None:
        """An empty conversation with no draft is not worth a place in the list."""
        chats = self.context.engine.chats
        self.context.operations.run(
            self,
            "Drop an empty chat",
            lambda _progress, _cancel: chats.delete(conversation.id, forget_learned=False),
            on_error=lambda fault: log.info("an empty chat stays: %s", fault.code),
        )

    def _show_state(self) -> None:
        begun = bool(self.thread_view.rows)
        self._stack.setCurrentWidget(self.thread_view if begun else self.empty)
        if self._temporary:
            self.empty.say("A temporary chat", "Nothing is read from memory, nothing is remembered, nothing is kept.")
        else:
            self.empty.say("What is on your mind?", _TOLD[self.context.engine.settings.text("memory.remembering")])
        cube = self.conversation.cube_id if self.conversation else ""
        name = self.context.cubes.name(cube) if len(self.context.cubes.all()) > 1 else ""
        self.header.show_conversation(self.conversation, name, temporary=self._temporary, memory_on=self._memory_on)
        self.composer.set_busy(self._turns.is_busy)
        self.composer.show_queue([*self._turns.queue, *self._outbox], self._turns.held)

    # --- drafts -----------------------------------------------------------------------------------------------------

    def _put_draft(self, text: str) -> None:
        self._saved_draft = text
        self.composer.clear()
        self.composer.set_text(text)
        self._draft_timer.stop()

    def _save_draft(self) -> None:
        text = self.composer.text
        if self.composer.editing or text == self._saved_draft:
            return
        if self.conversation is None:
            if text.strip() and self._making is None:
                self._create(self._save_draft)
            return
        self._saved_draft = text
        self._drafts.save(self.conversation.id, text)

    def save(self) -> None:
        """Keep what is not sent: the window or the vault is about to close."""
        self._draft_timer.stop()
        self._turns.save()
        if self.conversation is None:
            self._save_first_words()
        elif not self.composer.editing:
            self._drafts.save(self.conversation.id, self.composer.text)

    def _save_first_words(self) -> None:
        """Nobody will be here to hear that their chat was made."""
        chats, text, unsent = self.context.engine.chats, self.composer.text, tuple(self._outbox)
        if self._temporary or not (text.strip() or unsent):
            return
        made = self._create(self._save_draft) if self._making is None else self._making

        def work(_progress: object, _cancel: object) -> None:
            for conversation in made:
                chats.save_draft(conversation.id, text)
                chats.save_waiting(conversation.id, unsent)

        self.context.operations.run(self, "Keep what is not sent", work, keeps=True)

    def _create(self, then: Callable[[], None]) -> list[Conversation]:
        chats, temporary, memory_on = self.context.engine.chats, self._temporary, self._memory_on
        self._making = made = list[Conversation]()

        def work(_progress: object, _cancel: object) -> Conversation:
            made.append(chats.create(temporary=temporary, memory_on=memory_on))
            return made[0]

        def done(conversation: Conversation) -> None:
            self._making = None
            self.conversation, self._turns.shown = conversation, conversation.id
            self.created.emit(conversation)
            self._show_state()
            self.opened.emit(conversation.id)
            then()

        self.context.operations.run(self, "Begin a chat", work, done, self._not_created, keeps=True)
        return made

    def _not_created(self, fault: Fault) -> None:
        self._making = None
        self._banner.show_fault(fault)
        if self._outbox:
            self.composer.set_text(self._outbox.pop(0).text)

    # --- turns ------------------------------------------------------------------------------------------------------

    def _sent(self, outgoing: Unsent) -> None:
        self._draft_timer.start()
        self._banner.clear()
        if self._editing is not None:
            message, self._editing = self._editing, None
            self.composer.end_edit()
            self._turns.edit(message, outgoing.text)
        elif self.conversation is None:
            self._outbox.append(outgoing)
            if self._making is None:
                self._create(self._empty_outbox)
        else:
            self._turns.send(outgoing)
        self.thread_view.to_end()

    def _empty_outbox(self) -> None:
        waiting, self._outbox = self._outbox, []
        for outgoing in waiting:
            self._turns.send(outgoing)

    def _replied(self, row: Row, reply: Reply) -> None:
        self.reload()
        self.measure_context()
        self.reply_shown.emit(row, reply.question.written, True)

    def _send_held(self, message_id: str) -> None:
        self._banner.clear()
        self._turns.send_held(message_id)
        self.thread_view.to_end()

    def _edit_waiting(self, message_id: str) -> None:
        outgoing = self._turns.take_out(message_id)
        if outgoing is not None:
            self.composer.end_edit()
            self.composer.set_text("\n".join(part for part in (outgoing.text, self.composer.text) if part))
            self.composer.attach(list(outgoing.attachments))
            self.composer.field.setFocus()

    def measure_context(self) -> None:
        """Show how full the context is."""
        if self.conversation is None:
            return
        chats, wanted = self.context.engine.chats, self.conversation.id
        self.context.operations.run(
            self,
            "Measure the context",
            lambda _progress, _cancel: chats.context_use(wanted),
            self.header.show_context,
            lambda _fault: self.header.show_context(None),
            key="context-use",
        )

    # --- a message --------------------------------------------------------------------------------------------------

    def _wire(self, widget: MessageWidget) -> None:
        widget.edit_wanted.connect(self.edit)
        widget.again_wanted.connect(self.answer_again)
        widget.branch_wanted.connect(self._show_branch)
        widget.used_wanted.connect(lambda message: self.explain(message.id))
        widget.memory_wanted.connect(self._point_at)
        widget.link_clicked.connect(lambda address: LinkDialog(address, self.window()).open())
        widget.undo_wanted.connect(self._undo)
        widget.memory_edit_wanted.connect(lambda memory: memory_actions.edit(self.context, self, memory))
        widget.forget_wanted.connect(lambda memory_id: memory_actions.forget(self.context, self, [memory_id]))
        widget.accepted.connect(lambda ids: memory_actions.accept(self.context, self, ids))
        widget.refused.connect(lambda ids: memory_actions.refuse(self.context, self, ids))
        widget.restore_wanted.connect(lambda memory_id: memory_actions.restore(self.context, self, [memory_id]))
        widget.anyway_wanted.connect(self._remember_anyway)

    def edit(self, message: Message) -> None:
        """Write a message anew."""
        if not self._is_busy():
            self._save_draft()
            self._editing = message
            self.composer.begin_edit(message.text)

    def _edit_ended(self) -> None:
        self._editing = None
        self.composer.set_text(self._saved_draft)

    def answer_again(self, message: Message) -> None:
        """Another reply beside this one."""
        if not self._is_busy():
            self._turns.answer_again(message)

    def _is_busy(self) -> bool:
        if self._turns.is_busy:
            self._banner.say("A reply is being written.", "Stop it first, or wait for its end.")
        return self._turns.is_busy

    def _show_branch(self, message_id: str) -> None:
        if self._is_busy():
            return
        chats = self.context.engine.chats
        self.context.operations.run(
            self, "Show the branch", lambda _progress, _cancel: chats.show_branch(message_id), self._branch_shown
        )

    def _branch_shown(self, thread: tuple[Message, ...]) -> None:
        self._take_thread(thread)
        self._explain_last()
        self.measure_context()

    def _undo(self, row: Row, entry: Learned) -> None:
        alone = sum(not other.replaced for other in row.learned) == 1
        if alone and row.operation is not None:
            memory_actions.undo(self.context, self, row.operation)
        else:
            memory_actions.remove(self.context, self, [entry.memory_id])

    def _remember_anyway(self, row: Row) -> None:
        chats, question = self.context.engine.chats, row.withheld_message

        def done(changes: MemoryChanges) -> None:
            row.withheld = ()
            row.learn(changes)
            self.thread_view.update_row(row.message.id)

        self.context.operations.run(
            self, "Remember anyway", lambda _progress, _cancel: chats.keep_withheld(question), done
        )

    def explain(self, message_id: str) -> None:
        """Show on the right what a reply used."""
        at = next((at for at, row in enumerate(self.thread_view.rows) if row.message.id == message_id), None)
        if at is not None:
            row = self.thread_view.rows[at]
            question = self.thread_view.rows[at - 1].message if at else None
            written = question.written if question is not None and question.role is Role.PERSON else ()
            self.reply_shown.emit(row, written, message_id in self._turns.recent)

    def _point_at(self, message: Message, memory_id: str) -> None:
        self.explain(message.id)
        self.pointed_at.emit(memory_id)

    def _explain_last(self) -> None:
        last = next((row for row in reversed(self.thread_view.rows) if row.is_reply), None)
        if last is None:
            self.nothing_shown.emit()
        else:
            self.explain(last.message.id)

    # --- switches, find, menu ---------------------------------------------------------------------------------------

    def _set_memory(self, on: bool) -> None:
        self._memory_on = on
        if self.conversation is not None:
            chats, wanted = self.context.engine.chats, self.conversation.id
            self.context.operations.run(self, "Switch memory", lambda _progress, _cancel: chats.set_memory(wanted, on))

    def _set_temporary(self, on: bool) -> None:
        text = self.composer.text
        if self.conversation is not None:
            self.composer.clear()
        self.begin(temporary=on)
        self.composer.set_text(text)

    def open_find(self) -> None:
        """Find words in this chat."""
        self.find_bar.begin([row.message for row in self.thread_view.rows])

    def menu_place(self) -> QPoint:
        """Where the menu of the conversation opens."""
        return self.header.more.mapToGlobal(QPoint(0, self.header.more.height()))

    def _hear(self, changes: MemoryChanges) -> None:
        self._turns.hear(changes)
        if self.conversation is not None and (changes.elsewhere or self.conversation.id in changes.conversations):
            self._reload_timer.start()
