"""The turns of one conversation: one runs, others wait their turn, each can be stopped."""

from collections.abc import Callable, Collection, Iterable

from PySide6.QtCore import QObject, QTimer, Signal

from app.operations import ChatStream, Fault, Operations, Task
from memos_engine.types import CancelToken, ChatListener, MemoriesUsed, Reply, Unsent

Turn = Callable[[ChatListener, CancelToken], Reply]


class Exchange(QObject):
    """Runs turns also while another conversation is in view. `text` is what the reply says so far.

    What is sent while a turn runs waits in `queue` and goes when its turn comes. What a stop, a failure or the end of
    the program kept from going is `held`: it goes when the person says so.
    """

    recalled = Signal(MemoriesUsed)
    grew = Signal(str, str)
    """The reply's message id and what was added."""
    prefilled = Signal(object)
    finished = Signal(Reply)
    failed = Signal(Fault)
    busy_changed = Signal()
    queue_changed = Signal()
    began = Signal(Unsent)
    """A message is on its way now."""

    def __init__(self, operations: Operations, conversation_id: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._operations = operations
        self.conversation_id = conversation_id
        self.queue: list[Unsent] = []
        self.held: list[Unsent] = []
        self.task: Task | None = None
        self.message_id = ""
        self.text = ""
        self.question_id = ""
        self.branching = False
        """The turn makes another branch."""
        self._sending: Unsent | None = None
        """On its way, and not known to be kept yet."""
        self._stream = ChatStream(self)
        self._stream.recalled.connect(self._recalled)
        self._stream.text.connect(self._grow)
        self._stream.prefilled.connect(self.prefilled)

    # --- what waits -------------------------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether a turn runs."""
        return self.task is not None

    @property
    def unsent(self) -> tuple[Unsent, ...]:
        """All that is not known to be kept as a message, oldest first."""
        return (*([self._sending] if self._sending else []), *self.held, *self.queue)

    def send(self, message: Unsent) -> None:
        """Take a turn, or wait for it."""
        if not self.busy and not self.queue and self._sending is None:
            self._begin(message)
            return
        self.queue.append(message)
        self.queue_changed.emit()
        self._go_on()

    def hold(self, messages: Iterable[Unsent]) -> None:
        """Let these wait until the person says so."""
        self.held += messages
        self.queue_changed.emit()

    def send_held(self, message_id: str) -> None:
        """Send one that is held: now, or when the reply that is being written is done."""
        message = self.take_out(message_id)
        if message is not None:
            self.send(message)

    def take_out(self, message_id: str) -> Unsent | None:
        """Take a message out of what waits."""
        for waiting in (self.held, self.queue):
            for message in waiting:
                if message.id == message_id:
                    waiting.remove(message)
                    self.queue_changed.emit()
                    return message
        return None

    def acknowledge(self, kept: Collection[str]) -> None:
        """These are messages of the conversation by now."""
        if self._sending is not None and self._sending.id in kept:
            self._sending = None
        if any(message.id in kept for message in self.held):
            self.held = [message for message in self.held if message.id not in kept]
            self.queue_changed.emit()

    def _hold_all(self) -> None:
        waiting, self.queue = self.queue, []
        if self._sending is not None and not self.busy:
            waiting.insert(0, self._sending)
            self._sending = None
        if waiting:
            self.hold(waiting)

    # --- turns ------------------------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        if self.busy:
            return
        if self._sending is not None:
            self._hold_all()  # it was stopped before it was kept
        if self.queue:
            self._begin(self.queue.pop(0))
            self.queue_changed.emit()

    def _begin(self, message: Unsent) -> None:
        self._sending = message
        self.began.emit(message)
        chats = self._operations.engine.chats
        self.run(
            lambda listen, cancel: chats.send(
                self.conversation_id,
                message.text,
                attachments=message.attachments,
                message_id=message.id,
                on_event=listen,
                cancel=cancel,
            )
        )

    def edit(self, message_id: str, text: str) -> None:
        """Branch at a message of the person's."""
        chats = self._operations.engine.chats
        self.run(lambda listen, cancel: chats.edit(message_id, text, on_event=listen, cancel=cancel), branching=True)

    def regenerate(self, message_id: str) -> None:
        """Answer again."""
        chats = self._operations.engine.chats
        self.run(lambda listen, cancel: chats.regenerate(message_id, on_event=listen, cancel=cancel), branching=True)

    def run(self, turn: Turn, *, branching: bool = False) -> None:
        """Run a turn now; only while none runs."""
        self.branching = branching
        self.message_id = self.text = self.question_id = ""
        self.task = self._operations.run(
            self,
            "Answer",
            lambda _progress, cancel: turn(self._stream.listen, cancel),
            self._done,
            self._fail,
            long=True,
        )
        self.task.ended.connect(self._ended)
        self.busy_changed.emit()

    def stop(self) -> None:
        """Stop the reply that is being written; what waits is held."""
        if self.task is not None:
            self._hold_all()
            self.task.cancel()

    def _recalled(self, event: MemoriesUsed) -> None:
        self.question_id = event.question.id
        self.acknowledge((self.question_id,))
        self.recalled.emit(event)

    def _grow(self, message_id: str, text: str) -> None:
        if message_id != self.message_id:
            self.message_id, self.text = message_id, ""
        self.text += text
        self.grew.emit(message_id, text)

    def _ended(self) -> None:
        self._stream.flush()
        self.task = None
        self.busy_changed.emit()
        QTimer.singleShot(0, self, self._go_on)

    def _done(self, reply: Reply) -> None:
        self.message_id = ""
        self.acknowledge((reply.question.id,))
        self.finished.emit(reply)

    def _fail(self, fault: Fault) -> None:
        self.message_id = ""
        self._hold_all()
        self.failed.emit(fault)
