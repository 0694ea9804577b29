"""A reply beside itself without a memory: what the memory changed."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.chat.body import MessageBody
from app.chat.link_dialog import LinkDialog
from app.context import AppContext
from app.operations import ChatStream, Fault, Task
from app.theme import Size, theme
from app.widgets.banner import Banner
from app.widgets.buttons import Button
from app.widgets.discard import discard_when_finished
from app.widgets.text import Text
from memos_engine.types import Comparison, Memory, TextDelta

_WHOLE, _WITHOUT = "with it", "without it"


class Side(QFrame):
    """One of the two replies, as it is written."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.text = ""
        self.body = MessageBody(title)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName(title)
        inside = QWidget()
        inside.setProperty("ground", "raised")
        column = QVBoxLayout(inside)
        theme().space(column)
        column.addWidget(self.body)
        column.addStretch(1)
        self._scroll.setWidget(inside)
        whole = QVBoxLayout(self)
        theme().space(whole, (16, 12, 8, 12), 8)
        whole.addWidget(Text(title, Size.SMALL, "muted"))
        whole.addWidget(self._scroll, 1)

    def grow(self, text: str) -> None:
        """More of the reply."""
        self.text += text
        self.body.grow(text, self.text)
        self._fit()

    def clear(self) -> None:
        """It is written anew."""
        self.text = ""
        self.body.show_markdown("")
        self._fit()

    def _fit(self) -> None:
        self.body.fit(self._scroll.viewport().width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines break anew."""
        super().resizeEvent(event)
        self._fit()


class ComparisonDialog(QDialog):
    """The same question and the same seed, with what the reply used and without one memory. Nothing of it is kept."""

    def __init__(self, context: AppContext, parent: QWidget, reply_id: str, memory: Memory) -> None:
        super().__init__(parent.window())
        discard_when_finished(self)
        self._context, self._reply_id, self._memory = context, reply_id, memory
        self._task: Task | None = None
        self.setWindowTitle("Ask again without a memory")
        self.resize(theme().px(860), theme().px(480))
        self._stream = ChatStream(self)
        self._stream.text.connect(self._grow)
        self.banner = Banner()
        self.sides = {_WHOLE: Side("With it"), _WITHOUT: Side("Without it")}
        self.status = Text("", Size.SMALL, "muted", wrap=True)
        self.again = Button("Ask once more", self.ask, icon="again")
        self.stop = Button("Stop", self._stop, icon="stop")
        close = Button("Close", self.accept)
        pair = QHBoxLayout()
        theme().space(pair, gap=12)
        for side in self.sides.values():
            side.body.link_clicked.connect(lambda address: LinkDialog(address, self).open())
            pair.addWidget(side, 1)
        below = QHBoxLayout()
        theme().space(below, gap=8)
        below.addWidget(self.status, 1)
        below.addWidget(self.stop)
        below.addWidget(self.again)
        below.addWidget(close)
        whole = QVBoxLayout(self)
        theme().space(whole, 16, 12)
        whole.addWidget(Text(f"“{memory.text}”", Size.TITLE, wrap=True))
        whole.addWidget(
            Text(
                "The same question, answered with this memory and without it. Neither is kept.", role="muted", wrap=True
            )
        )
        whole.addWidget(self.banner)
        whole.addLayout(pair, 1)
        whole.addLayout(below)
        self.ask()

    def ask(self) -> None:
        """Write both replies."""
        self.banner.clear()
        for side in self.sides.values():
            side.clear()
        chats, stream = self._context.engine.chats, self._stream
        self._task = self._context.operations.run(
            self,
            "Ask again without a memory",
            lambda _progress, cancel: chats.ask_without(
                self._reply_id,
                [self._memory.id],
                on_text=lambda text: stream.listen(TextDelta(_WITHOUT if text.masked else _WHOLE, text.text)),
                cancel=cancel,
            ),
            self._done,
            long=True,
        )
        self._task.ended.connect(self._ended)
        self.status.setText("Both are being written, one after the other.")
        self.stop.show()
        self.again.hide()

    def _grow(self, side: str, text: str) -> None:
        self.sides[side].grow(text)

    def _done(self, comparison: Comparison) -> None:
        self._stream.flush()
        same = comparison.whole.strip() == comparison.without.strip()
        self.status.setText("Both say the same: this memory changed nothing." if same else "")

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _ended(self) -> None:
        self._task = None
        self.status.setText("Stopped.")
        self.stop.hide()
        self.again.show()

    def show_fault(self, fault: Fault) -> None:
        """What went wrong, above the replies."""
        self.status.setText("")
        self.banner.show_fault(fault)

    def done(self, result: int) -> None:
        """Closed: nothing is written on for nobody."""
        self._stop()
        super().done(result)
