"""Where something comes from, in one line that opens it."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.theme import Size, theme
from app.widgets.buttons import Button
from app.widgets.dates import exact, source_line
from app.widgets.text import Text, clipped
from memos_engine.types import Source


class LinkLine(Button):
    """A link of one line: where `words` don't fit it is `shorter`, and ends in "…" where that does not either."""

    def __init__(self, words: str, on_click: Callable[[], None], shorter: str = "") -> None:
        super().__init__(words, on_click, kind="link")
        self._words, self._shorter = words, shorter or words
        self.setProperty("scale", str(Size.SMALL))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what fits."""
        super().resizeEvent(event)
        room = self.width() - theme().px(4)
        metrics = self.fontMetrics()
        words = self._words if metrics.horizontalAdvance(self._words) <= room else self._shorter
        fitting = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
        if fitting != self.text():
            self.setText(fitting)


QUOTED = 400
"""Characters of a quote that are shown: enough to know it again."""


class SourceLine(QWidget):
    """ "from your message of 3 March, 14:05, in “Moving”", with the quoted words below; a click opens it."""

    opened = Signal(Source)

    def __init__(
        self, source: Source, *, quote: bool = True, opens_files: bool = False, parent: QWidget | None = None
    ) -> None:
        """`opens_files`: whoever hears of `opened` can show what came from a file too."""
        super().__init__(parent)
        column = QVBoxLayout(self)
        theme().space(column, 0, 0)
        words = source_line(source)
        if (source.message_id and source.conversation_id) or (opens_files and source.file):
            untitled = words if quote else source_line(replace(source, conversation_title=""))
            self.link = LinkLine(words, lambda: self.opened.emit(source), untitled)
            self.link.setToolTip(f"{words}\n{exact(source.time)}")
            self.link.setAccessibleName(f"Open the source: {words}")
            column.addWidget(self.link)
        else:
            line = Text(words, Size.SMALL, "muted", wrap=True)
            line.setToolTip(exact(source.time))
            column.addWidget(line)
        if quote and source.quote:
            column.addWidget(
                Text(f"“{clipped(source.quote, QUOTED)}”", Size.SMALL, "muted", wrap=True, selectable=True)
            )
