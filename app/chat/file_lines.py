"""What a reply had of attached files: a line for each, and the file with those passages marked."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from app.context import AppContext
from app.theme import Size, theme
from app.widgets.buttons import Button, closing_row
from app.widgets.discard import discard_when_finished
from app.widgets.picture import Picture
from app.widgets.source_line import LinkLine
from app.widgets.text import Text, qt_length
from memos_engine.types import FileUse

_NUMBERED = 4
"""Most passages that are named by their numbers; of more their count is told."""


def passages_words(use: FileUse) -> str:
    """ "all of it", "passage 3 of 12", "passages 1, 4 and 5 of 12", "7 of 12 passages"."""
    numbers = [str(passage.number) for passage in use.passages]
    if len(numbers) >= use.of:
        return "all of it"
    if len(numbers) > _NUMBERED:
        return f"{len(numbers)} of {use.of} passages"
    if len(numbers) == 1:
        return f"passage {numbers[0]} of {use.of}"
    return f"passages {', '.join(numbers[:-1])} and {numbers[-1]} of {use.of}"


class FileLine(QWidget):
    """A file that a reply had passages of: a click opens it there."""

    def __init__(self, context: AppContext, use: FileUse) -> None:
        super().__init__()
        self._context, self._use = context, use
        row = QHBoxLayout(self)
        theme().space(row, gap=8)
        row.addWidget(Picture("attach", size=14))
        if use.name:
            words = f"{use.name}, {passages_words(use)}"
            self.link = LinkLine(words, self.open, use.name)
            self.link.setToolTip(words)
            self.link.setAccessibleName(f"Open what this answer read: {words}")
            row.addWidget(self.link, 1)
        else:
            row.addWidget(Text("A file that was forgotten since.", role="muted", wrap=True), 1)

    def open(self) -> None:
        """Show the file with its passages marked."""
        chats, use = self._context.engine.chats, self._use
        self._context.operations.run(
            self,
            "Open the file",
            lambda _progress, _cancel: chats.attached(use),
            lambda text: PassagesDialog(self, use, text).open(),
        )


class PassagesDialog(QDialog):
    """The text of a file, at the first of the passages that a reply had before it."""

    def __init__(self, parent: QWidget, use: FileUse, text: str) -> None:
        super().__init__(parent.window())
        discard_when_finished(self)
        self.setWindowTitle("Attached file")
        self.resize(theme().px(720), theme().px(560))
        self.text = QPlainTextEdit(text)
        self.text.setReadOnly(True)
        self.text.setAccessibleName(f"Text of {use.name}")
        self.text.document().setDocumentMargin(theme().px(12))
        said = "The answer had all of it before it."
        if passages_words(use) != "all of it":
            said = f"The answer had what is marked before it: {passages_words(use)}."
            self._mark(text, use)
        close = Button("Close", self.accept)
        close.setDefault(True)
        whole = QVBoxLayout(self)
        theme().space(whole, 16, 12)
        whole.addWidget(Text(use.name, Size.TITLE, wrap=True))
        whole.addWidget(Text(said, role="muted", wrap=True))
        whole.addWidget(self.text, 1)
        whole.addLayout(closing_row(close))

    def _mark(self, text: str, use: FileUse) -> None:
        marks = []
        for passage in use.passages:
            mark = QTextEdit.ExtraSelection()
            mark.format.setBackground(theme().colour("highlight"))
            mark.format.setForeground(theme().colour("text"))
            mark.cursor = QTextCursor(self.text.document())
            mark.cursor.setPosition(qt_length(text[: passage.start]))
            mark.cursor.setPosition(qt_length(text[: passage.end]), QTextCursor.MoveMode.KeepAnchor)
            marks.append(mark)
        self.text.setExtraSelections(marks)
        if marks:
            first = QTextCursor(self.text.document())
            first.setPosition(marks[0].cursor.selectionStart())
            self.text.setTextCursor(first)
            self.text.setCenterOnScroll(True)
            self.text.setFocus(Qt.FocusReason.OtherFocusReason)
