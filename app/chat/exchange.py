"""The turns of one conversation: one runs, others wait their turn, each can be stopped."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from app.chat.composer import Outgoing
from app.operations import ChatStream, Fault, Operations, Task
from memos_engine.types import CancelToken, ChatListener, MemoriesUsed, Reply

Turn = Callable[[ChatListener, CancelToken], Reply]


class Exchange(QObject):
    """Runs turns also while another conversation is in view. `text` is what the reply says so far."""

    recalled = Signal(MemoriesUsed)
    grew = Signal(str, str)
    """The reply's message id and what was added."""
    prefilled = Signal(object)
    finished = Signal(Reply)
    failed = Signal(Fault)
    busy_changed = Signal()
    queue_changed = Signal()
    began = Signal(Outgoing)
    """A waiting message is on its way now."""

    def __init__(self, operations: Operations, conversation_id: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._operations = operations
        self.conversation_id = conversation_id
        self.queue: list[Outgoing] = []
        self.task: Task | None = None
        self.message_id = ""
        self.text = ""
        self.question_id = ""
        self.branching = False
        """The turn makes another branch."""
        self._broken = False
        self._stream = ChatStream(self)
        self._stream.recalled.connect(self._recalled)
        self._stream.text.connect(self._grow)
        self._stream.prefilled.connect(self.prefilled)

    @property
    def busy(self) -> bool:
        """Whether a turn runs."""
        return self.task is not None

    def send(self, outgoing: Outgoing) -> None:
        """Take a turn, or wait for it."""
        self.queue.append(outgoing)
        self._broken = False
        if self.busy:
            self.queue_changed.emit()
        else:
            self._next()

    def take_out(self, index: int) -> Outgoing | None:
        """Take a waiting message out of the queue."""
        if not 0 <= index < len(self.queue):
            return None
        taken = self.queue.pop(index)
        self.queue_changed.emit()
        return taken

    def _next(self) -> None:
        if self.busy or not self.queue or self._broken:
            return
        outgoing = self.queue.pop(0)
        self.queue_changed.emit()
        self.began.emit(outgoing)
        chats = self._operations.engine.chats
        self.run(
            lambda listen, cancel: chats.send(
                self.conversation_id, outgoing.text, attachments=outgoing.attachments, on_event=listen, cancel=cancel
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
        """Stop the reply that is being written; what waits goes on waiting until the next send."""
        if self.task is not None:
            self._broken = bool(self.queue)
            self.task.cancel()

    def _recalled(self, event: MemoriesUsed) -> None:
        self.question_id = event.question.id
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
        QTimer.singleShot(0, self, self._next)

    def _done(self, reply: Reply) -> None:
        self.message_id = ""
        self.finished.emit(reply)

    def _fail(self, fault: Fault) -> None:
        self._broken = True
        self.message_id = ""
        self.failed.emit(fault)
