"""Where one writes: the field, attachments, send and stop, and what waits while a reply is written."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from app.theme import Size, theme
from app.widgets.buttons import Button, IconButton
from app.widgets.direction import right_to_left
from app.widgets.discard import discard_all
from app.widgets.file_dialogs import choose_files
from app.widgets.text import ElidedText, Text
from memos_engine.types import Unsent

MOST_LINES = 10
"""The field grows to this many lines, then scrolls."""


class MessageField(QPlainTextEdit):
    """Enter sends, Shift+Enter breaks the line, and Enter that confirms an input method's candidate does neither."""

    sent = Signal()
    files_dropped = Signal(list)
    escaped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Message")
        self.setPlaceholderText("Write…")
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._composing = False
        self.textChanged.connect(self._changed)
        theme().changed.connect(self._grow)
        self._grow()

    def _changed(self) -> None:
        # Each paragraph runs in its own direction; the side on which they stand is that of the first.
        option = self.document().defaultTextOption()
        start = self.document().firstBlock().text()
        side = Qt.AlignmentFlag.AlignRight if right_to_left(start) else Qt.AlignmentFlag.AlignLeft
        if option.alignment() != side:
            option.setAlignment(side)
            self.document().setDefaultTextOption(option)
        self._grow()

    def _grow(self) -> None:
        lines = self.document().size().height()
        height = self.fontMetrics().lineSpacing() * max(1, min(MOST_LINES, int(lines)))
        margin = int(self.document().documentMargin()) * 2 + theme().px(4)
        self.setFixedHeight(height + margin)

    def sizeHint(self) -> QSize:
        """As high as its lines."""
        return QSize(theme().px(300), self.height())

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Know whether an input method is composing."""
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter sends."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and self._composing:
            event.accept()
        elif enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.sent.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Text and files."""
        return source.hasUrls() or source.hasText()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Files are attached, text is inserted as text."""
        files = local_files(source)
        if files:
            self.files_dropped.emit(files)
        else:
            self.insertPlainText(source.text())


def local_files(data: QMimeData) -> list[Path]:
    """The files of this computer among what was dropped or pasted."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if path.is_file()]


class Composer(QFrame):
    """`sent` carries what was written; `stopped` asks to stop the reply; `changed` says that the draft is different."""

    sent = Signal(Unsent)
    stopped = Signal()
    changed = Signal()
    queue_edited = Signal(str)
    """Id of a message that waits, as of the next two."""
    queue_removed = Signal(str)
    held_sent = Signal(str)
    edit_ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.attachments: list[Path] = []
        self.editing = False
        self.field = MessageField()
        self.field.sent.connect(self._send)
        self.field.textChanged.connect(self._text_changed)
        self.field.files_dropped.connect(self.attach)
        self.field.escaped.connect(self._escape)
        self.attach_button = IconButton("attach", "Attach a file", self._ask_files)
        self.send = IconButton("send", "Send", self._send, role="on_accent", kind="primary", shortcut="Return")
        self.stop = IconButton("stop", "Stop the reply", self.stopped.emit, role="danger", shortcut="Escape")
        self.status = Text("", Size.SMALL, "muted")
        keeps_room = self.status.sizePolicy()
        keeps_room.setRetainSizeWhenHidden(True)
        self.status.setSizePolicy(keeps_room)
        self._queue = QVBoxLayout()
        theme().space(self._queue, (4, 0, 4, 0), 0)
        self._edit_note = QWidget()
        note = QHBoxLayout(self._edit_note)
        theme().space(note, (4, 0, 0, 0), 4)
        note.addWidget(
            Text(
                "Editing: what was remembered from here on is rolled back, but for what you confirmed.",
                Size.SMALL,
                "caution",
            ),
            1,
        )
        note.addWidget(Button("Cancel", self.end_edit, kind="link"))
        self._edit_note.hide()
        self._files = QHBoxLayout()
        theme().space(self._files, (4, 0, 4, 0), 4)
        card = QFrame()
        card.setProperty("card", True)
        inside = QVBoxLayout(card)
        theme().space(inside, (8, 8, 8, 8), 4)
        inside.addLayout(self._files)
        line = QHBoxLayout()
        theme().space(line, 0, 4)
        line.addWidget(self.attach_button, 0, Qt.AlignmentFlag.AlignBottom)
        line.addWidget(self.field, 1)
        line.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignBottom)
        line.addWidget(self.send, 0, Qt.AlignmentFlag.AlignBottom)
        inside.addLayout(line)
        column = QVBoxLayout(self)
        theme().space(column, 0, 4)
        column.addLayout(self._queue)
        column.addWidget(self._edit_note)
        column.addWidget(card)
        column.addWidget(self.status)
        self.status.hide()
        self.set_busy(False)
        self._text_changed()

    # --- text -------------------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """What is written and not sent."""
        return self.field.toPlainText()

    def set_text(self, text: str) -> None:
        """Put a draft back."""
        self.field.setPlainText(text)
        self.field.moveCursor(self.field.textCursor().MoveOperation.End)

    def _text_changed(self) -> None:
        self.send.setEnabled(bool(self.text.strip()) or bool(self.attachments))
        self.changed.emit()

    def _send(self) -> None:
        if self.send.isEnabled():
            outgoing = Unsent(self.text, tuple(self.attachments))
            self.clear()
            self.sent.emit(outgoing)

    def clear(self) -> None:
        """Nothing written, nothing attached."""
        self.attachments = []
        self._show_files()
        self.field.clear()

    def _escape(self) -> None:
        if self.editing:
            self.end_edit()
        elif self.stop.isVisible():
            self.stopped.emit()

    # --- editing a message ------------------------------------------------------------------------------------------

    def begin_edit(self, text: str) -> None:
        """The next send replaces a message."""
        self.editing = True
        self._edit_note.show()
        self.attach_button.setEnabled(False)
        self.set_text(text)
        self.field.setFocus()

    def end_edit(self) -> None:
        """Write a new message again."""
        if self.editing:
            self.editing = False
            self._edit_note.hide()
            self.attach_button.setEnabled(True)
            self.clear()
            self.edit_ended.emit()

    # --- state ------------------------------------------------------------------------------------------------------

    def set_busy(self, busy: bool) -> None:
        """A reply is being written: show stop; what is sent waits its turn."""
        self.stop.setVisible(busy)
        self.send.rename("Send when the reply is done" if busy else "Send", "Return")

    def say(self, text: str) -> None:
        """A line under the field, or none."""
        self.status.setText(text)
        self.status.setVisible(bool(text))

    def show_queue(self, waiting: Sequence[Unsent], held: Sequence[Unsent] = ()) -> None:
        """What waits its turn, each to edit or take out, and above it what is held back, to send."""
        discard_all(self._queue)
        for message in held:
            self._queue.addWidget(self._waiting_line(message, held=True))
        for message in waiting:
            self._queue.addWidget(self._waiting_line(message, held=False))

    def _waiting_line(self, message: Unsent, *, held: bool) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        theme().space(row, 0, 4)
        row.addWidget(Text("Not sent" if held else "Waits", Size.SMALL, "caution" if held else "muted"))
        words = " ".join(message.text.split())
        row.addWidget(ElidedText(words, Size.SMALL), 1)
        if held:
            send = Button("Send now", partial(self.held_sent.emit, message.id), kind="link", small=True)
            send.setAccessibleName(f"Send now: {words}")
            row.addWidget(send)
        edit, take_out = partial(self.queue_edited.emit, message.id), partial(self.queue_removed.emit, message.id)
        row.addWidget(IconButton("edit", "Edit the waiting message", edit, size=14))
        row.addWidget(IconButton("close", "Take out the waiting message", take_out, size=14))
        return line

    # --- attachments ------------------------------------------------------------------------------------------------

    def _ask_files(self) -> None:
        choose_files(self, "attachments", "Attach files", self.attach)

    def attach(self, files: list[Path]) -> None:
        """Attach files to the next message."""
        self.attachments += [file for file in files if file not in self.attachments]
        self._show_files()
        self._text_changed()

    def _detach(self, file: Path) -> None:
        self.attachments.remove(file)
        self._show_files()
        self._text_changed()

    def _show_files(self) -> None:
        discard_all(self._files)
        for file in self.attachments:
            button = Button(file.name, partial(self._detach, file), icon="file", small=True)
            button.setToolTip("Click to take it out")
            button.setAccessibleName(f"Attached: {file.name}. Press to take it out.")
            self._files.addWidget(button)
        if self.attachments:
            self._files.addStretch(1)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped."""
        if local_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Attach what is dropped."""
        self.attach(local_files(event.mimeData()))
        event.acceptProposedAction()
