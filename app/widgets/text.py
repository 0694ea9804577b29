"""Labels in the theme's sizes and roles."""

import re
from collections.abc import Iterator
from math import ceil

from PySide6.QtCore import QSize, QSizeF, Qt, QTextBoundaryFinder
from PySide6.QtGui import QPaintEvent, QTextOption, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStyle, QStyleOption, QStylePainter, QTextEdit, QWidget

from app.theme import Size, theme
from app.widgets.direction import right_to_left

LONGEST = 2_000
"""Characters of a long text that a panel shows: a label of a hundred thousand would take seconds to lay out."""

_LONG_WORD = re.compile(r"[^\s/-]{25,}")
"""Lines break at spaces, and after "/" and "-"."""
_PIECE = 8
"""Characters between two places to break."""
_BREAK = "\u200b"


def clipped(text: str, longest: int = LONGEST) -> str:
    """The beginning of a long text, with "…" where it was cut."""
    return text if len(text) <= longest else f"{text[:longest].rstrip()}…"


def breakable(text: str) -> str:
    """The text with places to break in its words that are too long for a line: a label breaks no word by itself, and
    grows wider than its window instead."""
    return _LONG_WORD.sub(lambda word: _BREAK.join(_pieces(word[0])), text)


def _pieces(word: str) -> Iterator[str]:
    """The word in pieces of a few characters, none within what is read as one (a letter with its accents, an emoji)."""
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, word)
    units = word.encode("utf-16-le")
    start = 0
    while start < len(units) // 2:
        finder.setPosition(start)
        end = start
        for _ in range(_PIECE):
            end = finder.toNextBoundary()
            if end < 0:
                end = len(units) // 2
                break
        yield units[2 * start : 2 * end].decode("utf-16-le")
        start = end


def qt_length(text: str) -> int:
    """The length of a text as Qt counts it: an emoji is two."""
    return len(text.encode("utf-16-le")) // 2


class Text(QLabel):
    """A plain-text label. `size` is of the type scale, `role` a colour role; `wrap` breaks lines."""

    def __init__(
        self,
        text: str = "",
        size: Size = Size.BODY,
        role: str = "text",
        *,
        wrap: bool = False,
        selectable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._text = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("scale", str(size))
        self.setProperty("role", role)
        self.setWordWrap(wrap)
        if wrap:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        if selectable:
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        self._breaks_words = wrap and not selectable  # what is copied must not hold the places to break
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show another text."""
        self._text = text
        super().setText(breakable(text) if self._breaks_words else text)

    def text(self) -> str:
        """The text as it was given."""
        return self._text

    def set_size(self, size: Size) -> None:
        """Another size of the type scale."""
        self.setProperty("scale", str(size))
        self.style().unpolish(self)
        self.style().polish(self)

    def set_role(self, role: str) -> None:
        """Another colour role."""
        self.setProperty("role", role)
        self.style().unpolish(self)
        self.style().polish(self)


def below_box(text: Text) -> QHBoxLayout:
    """A sentence under a check box or radio button, in line with its words."""
    row = QHBoxLayout()
    theme().space(row, (22, 0, 0, 0))
    row.addWidget(text)
    return row


class Passage(QTextEdit):
    """Selectable text of any length, as high as it is: a word that is too long for a line is broken."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFrameShape(QTextEdit.Shape.NoFrame)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)

    def show_text(self, text: str, size: Size) -> None:
        """Show a text, on the side on which it begins."""
        if self.property("scale") != str(size):
            self.setProperty("scale", str(size))
            self.style().unpolish(self)
            self.style().polish(self)
        option = self.document().defaultTextOption()
        option.setAlignment(Qt.AlignmentFlag.AlignRight if right_to_left(text) else Qt.AlignmentFlag.AlignLeft)
        self.document().setDefaultTextOption(option)
        self.setPlainText(text)
        self.setAccessibleName(text[:LONGEST])

    def wheelEvent(self, event: QWheelEvent) -> None:
        """It is all there: what it stands in scrolls."""
        event.ignore()

    def _fit(self, size: QSizeF) -> None:
        self.setFixedHeight(max(1, ceil(size.height())))


class ElidedText(Text):
    """A one-line label that ends in "…" where it does not fit; the whole text is its tooltip."""

    def __init__(
        self, text: str = "", size: Size = Size.BODY, role: str = "text", parent: QWidget | None = None
    ) -> None:
        super().__init__(text, size, role, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters."""
        return QSize(self.fontMetrics().averageCharWidth() * 4, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what fits."""
        option = QStyleOption()
        option.initFrom(self)
        fitting = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(self.text() if fitting != self.text() else "")
        painter = QStylePainter(self)
        alignment = QStyle.visualAlignment(self.layoutDirection(), self.alignment()) | Qt.AlignmentFlag.AlignVCenter
        self.style().drawItemText(
            painter, self.rect(), int(alignment.value), option.palette, self.isEnabled(), fitting, self.foregroundRole()
        )
