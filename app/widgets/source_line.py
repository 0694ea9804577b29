"""Where something comes from, in one line that opens it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.theme import Size, theme
from app.widgets.buttons import Button
from app.widgets.dates import exact, source_line
from app.widgets.text import Text
from memos_engine.types import Source


class SourceLine(QWidget):
    """ "from your message of 3 March, 14:05, in “Moving”", with the quoted words below; a click opens it."""

    opened = Signal(Source)

    def __init__(self, source: Source, *, quote: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        theme().space(column, 0, 0)
        words = source_line(source)
        if source.message_id and source.conversation_id:
            self.link = Button(words, lambda: self.opened.emit(source), kind="link")
            self.link.setProperty("scale", str(Size.SMALL))
            self.link.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            self.link.setToolTip(exact(source.time))
            self.link.setAccessibleName(f"Open the source: {words}")
            self.link.setMinimumWidth(theme().px(40))
            column.addWidget(self.link)
        else:
            line = Text(words, Size.SMALL, "muted", wrap=True)
            line.setToolTip(exact(source.time))
            column.addWidget(line)
        if quote and source.quote:
            column.addWidget(Text(f"“{source.quote}”", Size.SMALL, "muted", wrap=True, selectable=True))
