"""A code block of a message: its language, a copy button, and the code in colours."""

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QTextOption, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QTextEdit, QVBoxLayout, QWidget

from app.chat.highlight import coloured
from app.theme import Size, theme
from app.widgets.buttons import Button
from app.widgets.clipboard import copy, sensitive
from app.widgets.text import Text


class CodeText(QTextEdit):
    """Read-only code that scrolls sideways where lines are long."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Code")
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QTextEdit.LineWrapMode.NoWrap)
        self.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.document().setDocumentMargin(0)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)

    def createMimeDataFromSelection(self) -> QMimeData:
        """What is copied is marked as sensitive."""
        data = QMimeData()
        data.setText(self.textCursor().selection().toPlainText())
        return sensitive(data)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Sideways here; up and down is the thread's."""
        if abs(event.angleDelta().x()) > abs(event.angleDelta().y()):
            super().wheelEvent(event)
        else:
            event.ignore()


class CodeBlock(QFrame):
    """Shows one `markdown.Code`."""

    def __init__(self, language: str, code: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "sunken")
        self._language, self._code = language, code
        self._label = Text(language or "text", Size.SMALL, "muted")
        head = QHBoxLayout()
        theme().space(head, (12, 4, 4, 0), 8)
        head.addWidget(self._label)
        head.addStretch(1)
        self.copy = Button("Copy code", lambda: copy(self._code), kind="link", icon="copy", small=True)
        head.addWidget(self.copy)
        self.text = CodeText()
        below = QVBoxLayout()
        theme().space(below, (12, 4, 12, 8))
        below.addWidget(self.text)
        column = QVBoxLayout(self)
        theme().space(column)
        column.addLayout(head)
        column.addLayout(below)
        theme().changed.connect(self._redraw)
        self._redraw()

    def show_code(self, language: str, code: str) -> None:
        """Show other (usually longer) code."""
        if (language, code) != (self._language, self._code):
            self._language, self._code = language, code
            self._label.setText(language or "text")
            self._redraw()

    def _redraw(self) -> None:
        self.text.document().setDefaultFont(theme().fixed_font())
        self.text.setHtml(f"<pre style='margin:0'>{coloured(self._code, self._language)}</pre>")

    def fit(self, width: int) -> int:
        """Take this width; returns (and takes) the height that all lines need."""
        document = self.text.document()
        document.setTextWidth(-1)
        wide = document.idealWidth() > width - theme().px(24)
        bar = self.text.horizontalScrollBar().sizeHint().height() if wide else 0
        self.text.setFixedHeight(int(document.size().height()) + 2 + bar)
        layout = self.layout()
        height = layout.sizeHint().height() if layout is not None else 0
        self.setFixedHeight(height)
        return height
