"""One message as it is drawn."""

from datetime import datetime

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from app.chat.body import MessageBody
from app.chat.learned_lines import LearnedLines
from app.chat.markdown import MEMORY, UNSUPPORTED
from app.chat.marks import NO_SUPPORT, with_marks
from app.chat.nearby_lines import NearbyLines
from app.chat.row import Learned, Row
from app.theme import Size, theme
from app.widgets.buttons import Button, IconButton
from app.widgets.clipboard import copy
from app.widgets.dates import day, exact, friendly
from app.widgets.discard import discard
from app.widgets.picture import Picture
from app.widgets.region import number
from app.widgets.text import Text
from memos_engine.types import Ending, Memory, Message, MessageState, Role

COLUMN = 760
"""Widest the text gets, in device-independent pixels at zoom 1."""

LONG = 6_000
"""Characters beyond which a person's message is folded."""
FOLDED = 2_000

_BY_KEYS = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason}
_FOR_A_WHILE = {Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason}


class MessageWidget(QFrame):
    """Draws a `Row`; `fit(width)` gives it its height. What the person wants done with it goes out as signals."""

    edit_wanted = Signal(Message)
    again_wanted = Signal(Message)
    branch_wanted = Signal(str)
    used_wanted = Signal(Message)
    memory_wanted = Signal(Message, str)
    """The mark of a memory that a sentence rests on."""
    link_clicked = Signal(str)
    undo_wanted = Signal(Row, Learned)
    memory_edit_wanted = Signal(Memory)
    forget_wanted = Signal(str)
    accepted = Signal(list)
    """Ids of proposed memories, as of the next."""
    refused = Signal(list)
    restore_wanted = Signal(str)
    anyway_wanted = Signal(Row)
    pressed = Signal()
    """Somebody clicked into it."""
    resized = Signal()
    """Its height changed by itself: it was unfolded."""

    def __init__(self, row: Row, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row = row
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.nearby: NearbyLines | None = None
        self.lines: LearnedLines | None = None
        self._unfolded = False
        self._own = row.message.role is Role.PERSON
        self._column = QVBoxLayout(self)
        theme().space(self._column, (0, 8, 0, 8), 4)
        if row.message.role is Role.SPEAKER:
            self._column.addWidget(Text(row.message.speaker, Size.SMALL, "muted"))
        self.body = MessageBody(self._name())
        self.body.link_clicked.connect(self._follow)
        self.body.pressed.connect(self.pressed)
        self._bubble = QFrame()
        inside = QVBoxLayout(self._bubble)
        theme().space(inside, (12, 8, 12, 8) if self._own else 0)
        if self._own:
            self._bubble.setProperty("ground", "own")
        inside.addWidget(self.body)
        self._unfold = Button("", self.unfold, kind="link")
        self._unfold.hide()
        inside.addWidget(self._unfold, 0, Qt.AlignmentFlag.AlignLeft)
        holder = QHBoxLayout()
        theme().space(holder)
        if self._own:
            holder.addStretch(1)
        holder.addWidget(self._bubble)
        self._column.addLayout(holder)
        self._foot = QWidget()
        self._column.addWidget(self._foot)
        self.show_row()

    def _name(self) -> str:
        who = {Role.PERSON: "You", Role.ASSISTANT: "Reply"}.get(self.row.message.role, self.row.message.speaker)
        return f"{who}, {friendly(self.row.message.time)}"

    # --- content ----------------------------------------------------------------------------------------------------

    def show_row(self) -> None:
        """Draw the row anew."""
        message = self.row.message
        forgotten = _forgotten(message)
        self.setAccessibleName(f"{self._name()}: {(forgotten or message.text)[:300]}")
        if forgotten:
            self.body.show_markdown(f"*{forgotten}*")
            self._unfold.hide()
        elif self.row.is_reply:
            self.body.show_markdown(with_marks(message))
        else:
            folded = len(message.text) > LONG and not self._unfolded
            self.body.show_plain(message.text[:FOLDED] + "…" if folded else message.text)
            self._unfold.setText(f"Show all {number(len(message.text))} characters")
            self._unfold.setVisible(folded)
        self._build_nearby()
        self._build_foot()
        self._build_lines()

    def _follow(self, address: str) -> None:
        if address.startswith(MEMORY):
            self.memory_wanted.emit(self.row.message, address.removeprefix(MEMORY))
        elif address == UNSUPPORTED:
            self.used_wanted.emit(self.row.message)
        else:
            self.link_clicked.emit(address)

    def grow(self, text: str) -> None:
        """A reply that is being written got longer by `text`, which is in its row already."""
        self.body.grow(text, self.row.message.text)

    def unfold(self) -> None:
        """Show the whole of a long message."""
        self._unfolded = True
        self.show_row()
        self.resized.emit()

    def _build_nearby(self) -> None:
        if self.nearby is not None:
            self._column.removeWidget(self.nearby)
            discard(self.nearby)
            self.nearby = None
        message = self.row.message
        if message.abstains and message.used and not self.row.writing:
            self.nearby = NearbyLines(message)
            self.nearby.wanted.connect(lambda memory_id: self.memory_wanted.emit(message, memory_id))
            self._column.insertWidget(self._column.indexOf(self._foot), self.nearby)
            self.nearby.show()

    def _build_lines(self) -> None:
        if self.lines is not None:
            self._column.removeWidget(self.lines)
            discard(self.lines)
            self.lines = None
        if self.row.learned or self.row.withheld:
            self.lines = LearnedLines(self.row)
            self.lines.undo.connect(self.undo_wanted)
            self.lines.edit.connect(self.memory_edit_wanted)
            self.lines.forget.connect(self.forget_wanted)
            self.lines.accept.connect(self.accepted)
            self.lines.refuse.connect(self.refused)
            self.lines.restore.connect(self.restore_wanted)
            self.lines.remember_anyway.connect(self.anyway_wanted)
            self._column.addWidget(self.lines)
            self.lines.show()

    def _build_foot(self) -> None:
        new = QWidget()
        row = QHBoxLayout(new)
        theme().space(row, 0, 8)
        message = self.row.message
        parts = self._notes(message)
        if self._own:
            row.addStretch(1)
        for part in parts:
            row.addWidget(part)
        if not self._own:
            row.addStretch(1)
        self._column.replaceWidget(self._foot, new)
        discard(self._foot)
        self._foot = new
        new.show()

    def _notes(self, message: Message) -> list[QWidget]:
        small = Size.SMALL
        parts: list[QWidget] = [
            part for name in message.attachments for part in (Picture("attach", size=14), Text(name, small, "muted"))
        ]
        if self.row.pending:
            return [*parts, Text("Sending…", small, "muted")]
        if self.row.writing:
            return [*parts, Text("Writing…", small, "muted")]
        time = Text(friendly(message.time), small, "muted")
        time.setToolTip(exact(message.time))
        parts.append(time)
        if ended := _ended(message):
            words, why, role = ended
            note = Text(words, small, role)
            note.setToolTip(why)
            parts.append(note)
        if self.row.is_reply and (message.model or message.used):
            parts.append(self._used(message))
        if message.files:
            parts.append(self._read(message))
        if count := sum(support.unsupported for support in message.support):
            words = "1 sentence without support" if count == 1 else f"{count} sentences without support"
            note = Text(words, small, "danger")
            note.setToolTip(NO_SUPPORT)
            parts.append(note)
        if len(message.siblings) > 1:
            parts.append(self._switcher(message))
        if message.forgotten is not None and not message.is_forgotten:
            parts.append(_partly_forgotten(message.forgotten))
        if not message.is_forgotten:
            parts.append(IconButton("copy", "Copy this message", lambda: copy(message.text), size=14))
        if self.row.is_reply:
            parts.append(IconButton("again", "Answer again", lambda: self.again_wanted.emit(message), size=14))
        elif self._own and not message.is_forgotten:
            parts.append(IconButton("edit", "Edit this message", lambda: self.edit_wanted.emit(message), size=14))
        return parts

    def _used(self, message: Message) -> QWidget:
        count = len(message.used)
        if count == 0:
            note = Text("no memory used", Size.SMALL, "muted")
            note.setToolTip(
                "Nothing that you told before was put beside the question."
                if message.memory_on
                else "Memory was off, or the chat temporary."
            )
            return note
        did = "used" if message.model else "named"
        words = f"1 memory {did}" if count == 1 else f"{count} memories {did}"
        return Button(words, lambda: self.used_wanted.emit(message), kind="link", small=True)

    def _read(self, message: Message) -> QWidget:
        count = len(message.files)
        words = "1 file read" if count == 1 else f"{count} files read"
        return Button(words, lambda: self.used_wanted.emit(message), kind="link", small=True)

    def _switcher(self, message: Message) -> QWidget:
        at, count = message.siblings.index(message.id), len(message.siblings)
        box = QWidget()
        row = QHBoxLayout(box)
        theme().space(row)
        older = IconButton(
            "previous", "Older version", lambda: self.branch_wanted.emit(message.siblings[at - 1]), size=12
        )
        newer = IconButton("next", "Newer version", lambda: self.branch_wanted.emit(message.siblings[at + 1]), size=12)
        older.setEnabled(at > 0)
        newer.setEnabled(at < count - 1)
        place = Text(f"{at + 1}/{count}", Size.SMALL, "muted")
        place.setAccessibleName(f"Version {at + 1} of {count}")
        for part in (older, place, newer):
            row.addWidget(part)
        return box

    # --- geometry ---------------------------------------------------------------------------------------------------

    def fit(self, width: int) -> int:
        """Take this width; returns the height that is needed."""
        self.setFixedWidth(width)
        room = width
        if self._own:
            inner = theme().px(24)
            room = min(int(width * 0.85), max(self.body.natural_width() + inner, theme().px(60)))
            self._bubble.setFixedWidth(room)
            room -= inner
        self.body.fit(room)
        inside, whole = self._bubble.layout(), self._column
        if inside is not None:
            inside.activate()
        whole.activate()
        return whole.sizeHint().height()

    # --- focus, menu ------------------------------------------------------------------------------------------------

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the focus is, to those who moved it by keys: who clicks knows."""
        if event.reason() in _BY_KEYS:
            self.setProperty("card", True)
            self._polish()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """No longer, unless it comes back here: another window, or a menu, is in front for a while."""
        if event.reason() not in _FOR_A_WHILE:
            self.setProperty("card", None)
            self._polish()
        super().focusOutEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell of it."""
        super().mousePressEvent(event)
        self.pressed.emit()

    def _polish(self) -> None:
        self.style().unpolish(self)
        self.style().polish(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """C copies, E edits, R answers again."""
        message, letter = self.row.message, event.text().lower()
        if letter in ("c", "e") and message.is_forgotten:
            return
        if letter == "c":
            copy(message.text)
        elif letter == "e" and self._own:
            self.edit_wanted.emit(message)
        elif letter == "r" and self.row.is_reply:
            self.again_wanted.emit(message)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with it."""
        self.show_menu(event.globalPos())

    def show_menu(self, place: QPoint) -> None:
        """The menu of a message."""
        message = self.row.message
        menu = QMenu(self)
        if not message.is_forgotten:
            menu.addAction(theme().icon("copy"), "Copy").triggered.connect(lambda: copy(message.text))
        if self._own and not message.is_forgotten:
            menu.addAction(theme().icon("edit"), "Edit").triggered.connect(lambda: self.edit_wanted.emit(message))
        if self.row.is_reply:
            again = menu.addAction(theme().icon("again"), "Answer again")
            again.triggered.connect(lambda: self.again_wanted.emit(message))
            used = menu.addAction(theme().icon("why"), "Which memories were used?")
            used.triggered.connect(lambda: self.used_wanted.emit(message))
        menu.aboutToHide.connect(menu.deleteLater)
        if not menu.isEmpty():
            menu.popup(place)


def _ended(message: Message) -> tuple[str, str, str] | None:
    """How a reply ended before its own end: in words, why, and the role of their colour."""
    if message.ending is Ending.STOPPED:
        return "stopped by you", "You stopped this reply before it was complete.", "muted"
    if message.ending is Ending.LENGTH:
        why = "“Longest reply” in Settings ended it here. Ask for the rest, and it goes on."
        return "longest length reached", why, "caution"
    if message.state is MessageState.CUT:
        return "cut short", "The program was locked or ended before this reply was complete.", "caution"
    return None


def _forgotten(message: Message) -> str:
    """What stands in the place of a message of which no word is left, or ""."""
    if message.forgotten is None or not message.is_forgotten:
        return ""
    return f"Forgotten at your wish on {day(message.forgotten.astimezone().date())}."


def _partly_forgotten(time: datetime) -> Text:
    note = Text("partly forgotten", Size.SMALL, "muted")
    note.setToolTip(f"At your wish, words of it were erased where “…” stands: {exact(time)}.")
    return note
