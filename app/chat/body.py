"""The body of a message: its segments one below the other."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.chat.code_block import CodeBlock
from app.chat.markdown import Code, GrowingText, Segment, segments
from app.chat.prose import ProseView
from app.theme import theme
from app.widgets.discard import discard


class MessageBody(QWidget):
    """Markdown of the assistant, or the plain words of a person. `fit(width)` gives it its height."""

    link_clicked = Signal(str)
    pressed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._parts: list[ProseView | CodeBlock] = []
        self._growing: GrowingText | None = None
        self._column = QVBoxLayout(self)
        theme().space(self._column, 0, 8)

    def show_plain(self, text: str) -> None:
        """The words as they are."""
        self._growing = None
        self._drop(0)
        self._prose().show_plain(text)

    def show_markdown(self, text: str) -> None:
        """A finished text."""
        self._growing = None
        self._show(0, [placed.segment for placed in segments(text)])

    def grow(self, text: str, whole: str) -> None:
        """Append `text` to a text that is being written; `whole` is all of it by now."""
        if self._growing is None:
            self._growing = GrowingText()
            self._drop(0)
            text = whole
        kept, now = self._growing.add(text)
        self._show(kept, now)

    def _show(self, kept: int, now: list[Segment]) -> None:
        for index in range(kept, len(now)):
            segment = now[index]
            if index < len(self._parts) and isinstance(self._parts[index], CodeBlock) != isinstance(segment, Code):
                self._drop(index)
            if isinstance(segment, Code):
                if index < len(self._parts):
                    part = self._parts[index]
                    if isinstance(part, CodeBlock):
                        part.show_code(segment.language, segment.text)
                else:
                    self._add(CodeBlock(segment.language, segment.text))
            else:
                part = self._parts[index] if index < len(self._parts) else self._prose()
                if isinstance(part, ProseView):
                    part.show_html(segment.html)
        self._drop(len(now))

    def _prose(self) -> ProseView:
        view = ProseView(self._name)
        view.link_clicked.connect(self.link_clicked)
        view.pressed.connect(self.pressed)
        self._add(view)
        return view

    def _add(self, part: ProseView | CodeBlock) -> None:
        self._parts.append(part)
        self._column.addWidget(part)
        part.show()

    def _drop(self, start: int) -> None:
        for part in self._parts[start:]:
            self._column.removeWidget(part)
            discard(part)
        del self._parts[start:]

    def fit(self, width: int) -> int:
        """Take this width; returns (and takes) the height."""
        heights = [part.fit(width) for part in self._parts]
        height = sum(heights) + self._column.spacing() * max(0, len(heights) - 1)
        self.setFixedHeight(height)
        return height

    def natural_width(self) -> int:
        """The width that it needs without wrapping."""
        return max((part.natural_width() for part in self._parts if isinstance(part, ProseView)), default=0)

    def mark_span(self, start: int, end: int) -> None:
        """Highlight a span of plain words."""
        for part in self._parts:
            if isinstance(part, ProseView):
                part.mark_span(start, end)

    def mark_query(self, query: str) -> None:
        """Highlight words that are searched for."""
        for part in self._parts:
            if isinstance(part, ProseView):
                part.mark_query(query)
