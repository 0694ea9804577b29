"""The turns of all conversations, and how the one in view shows its own."""

from collections.abc import Callable
from itertools import pairwise
from uuid import uuid4

from PySide6.QtCore import QObject, Signal

from app.chat.composer import Composer
from app.chat.drafts import Drafts
from app.chat.exchange import Exchange
from app.chat.row import Row
from app.chat.thread_view import ThreadView
from app.context import AppContext
from app.operations import Fault
from app.widgets.banner import Banner
from app.widgets.buttons import Button
from memos_engine.types import (
    MemoriesUsed,
    Memory,
    MemoryChanges,
    Message,
    MessageState,
    Prefilled,
    Reply,
    Role,
    Unsent,
    now,
)

MODEL_FAULTS = frozenset({"model", "model_rejected", "not_enough_memory"})


class Turns(QObject):
    """Runs turns and draws those of the conversation `shown` into the thread. Others run on unseen."""

    busy = Signal(str, bool)
    replied = Signal(Row, Reply)
    """The reply of the conversation in view is complete."""
    state_changed = Signal()
    """Busy or queue of the conversation in view are different."""
    stale = Signal()
    """The thread in view should be read again."""

    def __init__(
        self,
        context: AppContext,
        thread: ThreadView,
        composer: Composer,
        banner: Banner,
        drafts: Drafts,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._context, self._thread, self._composer, self._banner = context, thread, composer, banner
        self._drafts = drafts
        self._exchanges: dict[str, Exchange] = {}
        self.recent: dict[str, Row] = {}
        """Replies of this sitting by message id, with what they taught."""
        self.shown = ""

    # --- what runs --------------------------------------------------------------------------------------------------

    @property
    def current(self) -> Exchange | None:
        """The exchange of the conversation in view, where it has had a turn."""
        return self._exchanges.get(self.shown)

    @property
    def is_busy(self) -> bool:
        """Whether a reply is being written in the conversation in view."""
        return self.current is not None and self.current.busy

    @property
    def queue(self) -> list[Unsent]:
        """What waits for its turn in the conversation in view."""
        return list(self.current.queue) if self.current is not None else []

    @property
    def held(self) -> list[Unsent]:
        """What waits for the person's word in the conversation in view."""
        return list(self.current.held) if self.current is not None else []

    @property
    def branch_pending(self) -> bool:
        """The engine still tells the old branch: the new message is not kept yet."""
        exchange = self.current
        return exchange is not None and exchange.busy and exchange.branching and not exchange.question_id

    def send(self, message: Unsent) -> None:
        """Send in the conversation in view, or wait for its turn."""
        self._exchange().send(message)

    def opened(self, unsent: tuple[Unsent, ...]) -> None:
        """The conversation in view was opened, with these messages kept from an earlier sitting."""
        if self.current is None and unsent:
            self._exchange().hold(unsent)

    def acknowledge(self, thread: tuple[Message, ...]) -> None:
        """These messages are in the conversation in view."""
        if self.current is not None:
            self.current.acknowledge({message.id for message in thread})

    def send_held(self, message_id: str) -> None:
        """Send what was held back."""
        if self.current is not None:
            self.current.send_held(message_id)

    def save(self) -> None:
        """Keep what is not sent, in every conversation."""
        for conversation_id, exchange in self._exchanges.items():
            self._drafts.save_waiting(conversation_id, exchange.unsent, again=True)

    def stop(self) -> None:
        """Stop the reply in view."""
        if self.current is not None:
            self.current.stop()

    def take_out(self, message_id: str) -> Unsent | None:
        """Take a waiting message out."""
        return self.current.take_out(message_id) if self.current is not None else None

    def edit(self, message: Message, text: str) -> None:
        """Branch at a message of the person's."""
        self._thread.cut_before(message.id)
        self._exchange().edit(message.id, text)
        self._append_pending(Unsent(text))

    def answer_again(self, message: Message) -> None:
        """Another reply beside this one (or a first one to a message that has none)."""
        if message.role is Role.ASSISTANT:
            self._thread.cut_before(message.id)
        self._exchange().regenerate(message.id)
        self._composer.say("Reading…")
        self._thread.to_end()

    def _exchange(self) -> Exchange:
        if self.shown not in self._exchanges:
            exchange = Exchange(self._context.operations, self.shown, self)
            exchange.began.connect(lambda message: self._if_shown(exchange, lambda: self._append_pending(message)))
            exchange.recalled.connect(lambda event: self._if_shown(exchange, lambda: self._recalled(event)))
            exchange.grew.connect(lambda _id, text: self._if_shown(exchange, lambda: self.show_growth(text)))
            exchange.prefilled.connect(lambda event: self._if_shown(exchange, lambda: self._prefilled(event)))
            exchange.finished.connect(lambda reply: self._finished(exchange, reply))
            exchange.failed.connect(lambda fault: self._if_shown(exchange, lambda: self._failed(fault)))
            exchange.busy_changed.connect(lambda: self._busy_changed(exchange))
            exchange.queue_changed.connect(lambda: self._queue_changed(exchange))
            self._exchanges[self.shown] = exchange
        return self._exchanges[self.shown]

    def _if_shown(self, exchange: Exchange, do: Callable[[], None]) -> None:
        if self.shown == exchange.conversation_id:
            do()

    def _queue_changed(self, exchange: Exchange) -> None:
        self._drafts.save_waiting(exchange.conversation_id, exchange.unsent)
        self._if_shown(exchange, self.state_changed.emit)

    # --- how it shows -----------------------------------------------------------------------------------------------

    def _append_pending(self, unsent: Unsent) -> None:
        names = tuple(file.name for file in unsent.attachments)
        message = Message(
            f"pending-{uuid4().hex}", self.shown, None, Role.PERSON, "me", unsent.text, now(), attachments=names
        )
        self._thread.append(Row(message, pending=True))
        self._thread.to_end()
        self._composer.say("Looking for what you told before…")
        self.state_changed.emit()

    def _recalled(self, event: MemoriesUsed) -> None:
        count = len(event.used)
        self._composer.say(f"Reading, with {count} {'memory' if count == 1 else 'memories'}…" if count else "Reading…")
        self.stale.emit()

    def _prefilled(self, event: Prefilled) -> None:
        if 0 < event.done < event.total:
            self._composer.say(f"Reading… {100 * event.done // event.total} %")

    def show_growth(self, new: str = "") -> None:
        """Show what the reply in view says so far, of which `new` just came."""
        exchange = self.current
        if exchange is None or not exchange.message_id:
            return
        row = self._thread.row(exchange.message_id)
        if row is None:
            message = Message(
                exchange.message_id,
                exchange.conversation_id,
                exchange.question_id or None,
                Role.ASSISTANT,
                "assistant",
                "",
                now(),
                state=MessageState.WRITING,
            )
            self._thread.append(Row(message))
            self._thread.grow(exchange.message_id, exchange.text)
        elif row.message.text + new == exchange.text:
            self._thread.grow(exchange.message_id, new)
        else:
            self._thread.catch_up(exchange.message_id, exchange.text)
        self._composer.say("")

    def _finished(self, exchange: Exchange, reply: Reply) -> None:
        shown = self.shown == exchange.conversation_id
        row = (self._thread.row(reply.message.id) if shown else None) or Row(reply.message)
        row.message = reply.message
        row.learn(reply.changes)
        row.withheld, row.withheld_message = reply.withheld, reply.question.id
        if not reply.message.model:
            row.unlearn(reply.changes, reply.used)
        self.recent[reply.message.id] = row
        if not shown:
            return
        if self._thread.row(reply.message.id) is None:
            self._thread.append(row)
        else:
            self._thread.update_row(reply.message.id, reply.message)
        self._composer.say("")
        self.replied.emit(row, reply)

    def _failed(self, fault: Fault) -> None:
        self._composer.say("")
        exchange = self.current
        pending = next((row for row in self._thread.rows if row.pending), None)
        if pending is not None:
            self._thread.take_away(pending.message.id)
            self._give_back(pending.message.text)
        ways = []
        last = next((row for row in reversed(self._thread.rows) if not row.pending), None)
        if exchange is not None and pending is None and last is not None and last.message.role is Role.PERSON:
            question = last.message
            ways.append(Button("Try again", lambda: self.answer_again(question)))
        if fault.code in MODEL_FAULTS:
            ways.append(Button("Open Models", lambda: self._context.navigator.page.emit("models")))
        self._banner.show_fault(fault, *ways)
        self.stale.emit()
        self.state_changed.emit()

    def _give_back(self, text: str) -> None:
        """Put what could not be sent back to where it was written, unless something else is written there."""
        if self._composer.text:
            return
        failed = next((held for held in self.held if held.text == text), None)
        self._composer.set_text(text)
        if failed is not None:
            self.take_out(failed.id)
            self._composer.attach(list(failed.attachments))

    def _busy_changed(self, exchange: Exchange) -> None:
        self.busy.emit(exchange.conversation_id, exchange.busy)
        if self.shown == exchange.conversation_id:
            if not exchange.busy:
                self._composer.say("")
                self.stale.emit()
            self.state_changed.emit()

    def restore_recent(self) -> None:
        """Give rows that were drawn anew what their replies taught in this sitting."""
        for row in self._thread.rows:
            kept = self.recent.get(row.message.id)
            if kept is not None and kept is not row:
                row.learned, row.operation, row.withheld = kept.learned, kept.operation, kept.withheld
                row.withheld_message = kept.withheld_message
                self.recent[row.message.id] = row
                self._thread.update_row(row.message.id)

    def recall_learned(self) -> None:
        """Look up what the replies in view taught in earlier sittings."""
        wanted: list[Row] = []
        rows = self._thread.rows
        for before, row in pairwise(rows):
            made = before.message.written if before.message.role is Role.PERSON and row.is_reply else ()
            if made and made != row.looked_up and not row.learned and not row.writing:
                row.looked_up = made
                wanted.append(row)
        if not wanted:
            return
        engine, ids = self._context.engine, [memory_id for row in wanted for memory_id in row.looked_up]

        def done(found: dict[str, Memory]) -> None:
            for row in wanted:
                if not row.learned and self._thread.row(row.message.id) is row:
                    row.recall(found)
                    if row.learned:
                        self._thread.update_row(row.message.id)

        self._context.operations.run(
            self, "Look up memories", lambda _progress, _cancel: engine.memories.get_many(ids), done
        )

    def hear(self, changes: MemoryChanges) -> None:
        """Bring what replies taught up to date."""
        self._thread.hear(changes)
        for row in self.recent.values():
            row.hear(changes)
