"""The thread: thousands of messages of which only those near the view are drawn."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from app.chat.message_widget import COLUMN, MessageWidget
from app.chat.row import Row
from app.theme import theme
from app.widgets.buttons import Button
from app.widgets.discard import discard
from memos_engine.types import MemoryChanges, Message, MessageState, Role

AROUND = 0.6
"""How much is drawn above and below the view, in heights of the view."""
KEPT = 3.0
"""How far from the view a drawn message is kept."""
AT_END = 8
"""Pixels from the end that still count as the end."""


class ThreadView(QAbstractScrollArea):
    """Shows rows in one scrolling column. While the reader is at the end it follows what is added; else it stays.

    Heights of rows that are not drawn are estimates. When a row above the view turns out otherwise, the scroll position
    moves by the difference, so that what is read stays where it is.
    """

    made = Signal(MessageWidget)
    """A message was drawn: connect to its signals."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Messages")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAutoFillBackground(False)
        self.rows: list[Row] = []
        self.drawn: dict[str, MessageWidget] = {}
        self.following = True
        self._tops: list[int] = []
        self._placing = False
        self._query = ""
        self._marked: tuple[str, int, int] | None = None
        self._idle = QTimer(self)
        self._idle.setInterval(0)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(self._draw_one_more)
        self.jump = Button("Latest", self.to_end, icon="latest", parent=self)
        self.jump.setAccessibleName("Jump to the latest message")
        self.jump.hide()
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.verticalScrollBar().setSingleStep(theme().px(24))
        theme().changed.connect(self.measure_again)

    # --- rows -------------------------------------------------------------------------------------------------------

    def show_messages(self, messages: Sequence[Message]) -> None:
        """Show a thread; what is the same message keeps its row, and the place stays where it is read."""
        old = {row.message.id: row for row in self.rows}
        arrived = any(message.role is Role.PERSON and message.id not in old for message in messages)
        waiting = [row for row in self.rows if row.pending and not arrived]
        kept = set()
        rows = []
        for message in messages:
            row = old.get(message.id)
            if row is None:
                row = Row(message)
            elif row.message != message and not (row.writing and message.state is MessageState.WRITING):
                row.message, row.height = message, None
                self._redraw(row)
            kept.add(message.id)
            rows.append(row)
        written = [row for row in self.rows if row.writing and row.message.id not in kept and rows]
        self.rows = rows + [row for row in written if row not in rows] + waiting
        ids = {row.message.id for row in self.rows}
        for message_id in [drawn for drawn in self.drawn if drawn not in ids]:
            self._erase(message_id)
        self.place()

    def clear(self) -> None:
        """Show nothing, and begin at the end again."""
        self.rows = []
        for message_id in list(self.drawn):
            self._erase(message_id)
        self.following, self._query, self._marked = True, "", None
        self.place()

    def row(self, message_id: str) -> Row | None:
        """The row of a message."""
        return next((row for row in reversed(self.rows) if row.message.id == message_id), None)

    def order_tabs(self) -> None:
        """Tab goes through the messages as they stand, after the thread itself: Qt puts what is drawn later, older
        messages among it, behind everything else in the window."""
        stops: list[QWidget] = [self]
        for widget in (self.drawn[row.message.id] for row in self.rows if row.message.id in self.drawn):
            stops += [widget, *(part for part in widget.findChildren(QWidget) if part.window() is self.window())]
        stops = [part for part in stops if part.focusPolicy() & Qt.FocusPolicy.TabFocus]
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def append(self, row: Row) -> None:
        """Add a row at the end."""
        self.rows.append(row)
        self.place()

    def cut_before(self, message_id: str) -> None:
        """Drop a row and what follows: another branch grows from there."""
        at = next((at for at, row in enumerate(self.rows) if row.message.id == message_id), len(self.rows))
        for row in self.rows[at:]:
            self._erase(row.message.id)
        self.rows = self.rows[:at]
        self.place()

    def drop_pending(self) -> None:
        """Drop what was on its way: its turn is over, and what was kept is in the thread."""
        for row in [row for row in self.rows if row.pending]:
            self.take_away(row.message.id)

    def take_away(self, message_id: str) -> None:
        """Drop a row."""
        self.rows = [row for row in self.rows if row.message.id != message_id]
        self._erase(message_id)
        self.place()

    def update_row(self, message_id: str, message: Message | None = None) -> None:
        """Draw a row anew, with another state of its message where one is given."""
        row = self.row(message_id)
        if row is not None:
            if message is not None:
                if message.id != message_id and message_id in self.drawn:
                    self._erase(message_id)
                row.message = message
            row.height = None
            self._redraw(row)
            self.place()

    def grow(self, message_id: str, text: str) -> None:
        """A reply that is being written got longer."""
        row = self.row(message_id)
        if row is None:
            return
        row.message = replace(row.message, text=row.message.text + text, state=MessageState.WRITING)
        row.height = None
        if message_id in self.drawn:
            self.drawn[message_id].grow(text)
        self.place()

    def catch_up(self, message_id: str, text: str) -> None:
        """What a reply that is being written says by now, after it was not in view."""
        row = self.row(message_id)
        if row is not None:
            self.update_row(message_id, replace(row.message, text=text, state=MessageState.WRITING))

    def hear(self, changes: MemoryChanges) -> None:
        """Bring the lines under the replies up to date."""
        for row in self.rows:
            if row.learned and row.hear(changes):
                row.height = None
                self._redraw(row)
        self.place()

    def _redraw(self, row: Row) -> None:
        widget = self.drawn.get(row.message.id)
        if widget is not None:
            widget.row = row
            widget.show_row()
            self._mark(widget)

    def _erase(self, message_id: str) -> None:
        widget = self.drawn.pop(message_id, None)
        if widget is not None:
            discard(widget)

    # --- geometry ---------------------------------------------------------------------------------------------------

    def _width(self) -> int:
        return max(theme().px(160), min(self.viewport().width() - theme().px(32), theme().px(COLUMN)))

    def _guess(self, row: Row) -> int:
        if row.guess is not None:
            return row.guess
        letters = max(1, self._width() // max(1, self.fontMetrics().averageCharWidth()))
        text = row.message.text[:6_000]
        lines = 1 + text.count("\n") + len(text) // letters
        row.guess = lines * self.fontMetrics().lineSpacing() + theme().px(56)
        return row.guess

    def _sum(self) -> int:
        top = theme().px(8)
        self._tops = []
        for row in self.rows:
            self._tops.append(top)
            top += row.height if row.height is not None else self._guess(row)
        return top + theme().px(16)

    def measure_again(self) -> None:
        """Heights are no longer true: the width or the fonts changed."""
        anchor = self._first_in_view()
        for row in self.rows:
            row.unmeasured()
        for widget in self.drawn.values():
            widget.show_row()
        self.place(anchor)

    def _first_in_view(self) -> tuple[Row, int] | None:
        value = self.verticalScrollBar().value()
        for row, top in zip(self.rows, self._tops, strict=False):
            if top + (row.height or 0) > value:
                return row, top - value
        return None

    def place(self, anchor: tuple[Row, int] | None = None) -> None:
        """Draw what is in view and put everything in its place."""
        if self._placing:
            return
        self._placing = True
        try:
            self._place(anchor or (None if self.following else self._first_in_view()))
        finally:
            self._placing = False
        self._idle.start()

    def _place(self, anchor: tuple[Row, int] | None) -> None:
        bar, view = self.verticalScrollBar(), self.viewport().height()
        for _ in range(4):
            total = self._sum()
            bar.setRange(0, max(0, total - view))
            bar.setPageStep(view)
            if self.following:
                bar.setValue(bar.maximum())
            elif anchor is not None and anchor[0] in self.rows:
                bar.setValue(self._tops[self.rows.index(anchor[0])] - anchor[1])
            if not self._measure(bar.value(), bar.value() + view):
                break
        value = bar.value()
        left = (self.viewport().width() - self._width()) // 2
        for row, top in zip(self.rows, self._tops, strict=True):
            widget = self.drawn.get(row.message.id)
            if widget is not None and row.height is not None:
                widget.setGeometry(left, top - value, self._width(), row.height)
                widget.show()
        for message_id in self._far(value, view):
            self._erase(message_id)
        self._show_jump()

    def _measure(self, first: int, last: int) -> bool:
        """Draw and measure the rows between two heights; whether any height was not yet known."""
        found = False
        for row, top in zip(self.rows, self._tops, strict=True):
            guessed = row.height if row.height is not None else self._guess(row)
            if row.height is None and (row.message.id in self.drawn or (top + guessed >= first and top <= last)):
                row.height = self._drawn(row).fit(self._width())
                found = True
            elif row.message.id not in self.drawn and top + guessed >= first and top <= last:
                self._drawn(row).fit(self._width())
        return found

    def _drawn(self, row: Row) -> MessageWidget:
        widget = self.drawn.get(row.message.id)
        if widget is None:
            widget = MessageWidget(row, self.viewport())
            widget.resized.connect(lambda row=row: self._unfolded(row))
            widget.pressed.connect(self._unmark)
            widget.installEventFilter(self)
            self.drawn[row.message.id] = widget
            # Shown before it is measured, since a layout leaves out what was never shown.
            widget.move(0, -20_000)
            widget.show()
            self._mark(widget)
            self.made.emit(widget)
        return widget

    def _unfolded(self, row: Row) -> None:
        row.height = None
        self.following = False
        self.place()

    def _far(self, value: int, view: int) -> list[str]:
        near, far = value - KEPT * view, value + (1 + KEPT) * view
        tops = {row.message.id: (top, row) for row, top in zip(self.rows, self._tops, strict=True)}
        return [
            message_id
            for message_id, widget in self.drawn.items()
            if message_id in tops
            and not tops[message_id][1].writing
            and not widget.isAncestorOf(self.focusWidget() or self)
            and not widget.hasFocus()
            and (tops[message_id][0] + widget.height() < near or tops[message_id][0] > far)
        ]

    def _draw_one_more(self) -> None:
        """While nothing else is to do, draw the next message around the view."""
        value, view = self.verticalScrollBar().value(), self.viewport().height()
        first, last = value - AROUND * view, value + (1 + AROUND) * view
        for row, top in zip(self.rows, self._tops, strict=False):
            height = row.height if row.height is not None else self._guess(row)
            if row.message.id not in self.drawn and top + height >= first and top <= last:
                anchor = None if self.following else self._first_in_view()
                row.height = self._drawn(row).fit(self._width())
                self.place(anchor)
                return

    def _scrolled(self) -> None:
        if self._placing:
            return
        bar = self.verticalScrollBar()
        self.following = bar.value() >= bar.maximum() - AT_END
        self.place()
        self._unmark_out_of_view()

    def _show_jump(self) -> None:
        self.jump.setVisible(not self.following and self.verticalScrollBar().maximum() > AT_END)
        self.jump.adjustSize()
        place = QPoint((self.width() - self.jump.width()) // 2, self.height() - self.jump.height() - theme().px(12))
        self.jump.move(place)
        self.jump.raise_()

    def to_end(self) -> None:
        """Go to the latest message and follow it."""
        self.following = True
        self._unmark()
        self.place()

    def show_row_at_top(self, message_id: str) -> bool:
        """Bring a message into view; False where it is not in the thread."""
        row = self.row(message_id)
        if row is None:
            return False
        self.following = False
        self.place((row, theme().px(40)))
        bar = self.verticalScrollBar()
        self.following = bar.value() >= bar.maximum() - AT_END and row is self.rows[-1]
        return True

    # --- marks ------------------------------------------------------------------------------------------------------

    def mark_span(self, message_id: str, start: int, end: int) -> None:
        """Highlight a span of a message, until the person clicks, goes on, or has scrolled past it."""
        self._marked, self._query = (message_id, start, end), ""
        for widget in self.drawn.values():
            self._mark(widget)

    def _unmark(self) -> None:
        if self._marked is not None:
            self.mark_query("")

    def _unmark_out_of_view(self) -> None:
        widget = self.drawn.get(self._marked[0]) if self._marked is not None else None
        if widget is None or not widget.geometry().intersects(self.viewport().rect()):
            self._unmark()

    def mark_query(self, query: str) -> None:
        """Highlight words in all messages; empty: none."""
        self._marked, self._query = None, query
        for widget in self.drawn.values():
            self._mark(widget)

    def _mark(self, widget: MessageWidget) -> None:
        if self._marked is not None and self._marked[0] == widget.row.message.id:
            if self._marked[2] > 1_500:
                widget.unfold()
            widget.body.mark_span(self._marked[1], self._marked[2])
        else:
            widget.body.mark_query(self._query)

    # --- events -----------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the messages ends the mark of a source."""
        super().mousePressEvent(event)
        self._unmark()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width measures everything again."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            for row in self.rows:
                row.unmeasured()
        self.place()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Placing moves the messages."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home, End and the page keys scroll."""
        bar = self.verticalScrollBar()
        if event.key() == Qt.Key.Key_Home:
            bar.setValue(0)
        elif event.key() == Qt.Key.Key_End:
            self.to_end()
        elif event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            bar.setValue(bar.value() + (bar.pageStep() if event.key() == Qt.Key.Key_PageDown else -bar.pageStep()))
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            bar.setValue(bar.value() + (bar.singleStep() if event.key() == Qt.Key.Key_Down else -bar.singleStep()))
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A message that gets the focus by Tab comes into view; Up and Down go from message to message."""
        if isinstance(watched, MessageWidget):
            if event.type() == QEvent.Type.FocusIn:
                self._reveal(watched)
            elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
                if step is not None:
                    return self._step_from(watched, step)
        return super().eventFilter(watched, event)

    def _reveal(self, widget: MessageWidget) -> None:
        bar = self.verticalScrollBar()
        if widget.y() < 0:
            bar.setValue(bar.value() + widget.y() - theme().px(8))
        elif widget.y() + widget.height() > self.viewport().height():
            over = widget.y() + widget.height() - self.viewport().height()
            bar.setValue(bar.value() + min(over + theme().px(8), max(0, widget.y())))

    def _step_from(self, widget: MessageWidget, step: int) -> bool:
        at = next((index for index, row in enumerate(self.rows) if row is widget.row), None)
        if at is None or not 0 <= at + step < len(self.rows):
            return False
        row = self.rows[at + step]
        if row.height is None or row.message.id not in self.drawn:
            row.height = self._drawn(row).fit(self._width())
            self.place()
        self.drawn[row.message.id].setFocus(Qt.FocusReason.TabFocusReason)
        return True
