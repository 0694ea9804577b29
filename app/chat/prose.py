"""Rich or plain text as high as its content: what the body of a message is made of."""

from PySide6.QtCore import QMimeData, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QMouseEvent, QTextCharFormat, QTextCursor, QTextOption, QWheelEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QTextEdit, QWidget

from app.theme import theme
from app.theme.stylesheet import document_css
from app.widgets.clipboard import sensitive


class ProseView(QTextBrowser):
    """Selectable text that fetches nothing. `link_clicked` carries an address; nothing is opened here."""

    link_clicked = Signal(str)
    pressed = Signal()
    """Somebody clicked into it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(0)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.anchorClicked.connect(lambda url: self.link_clicked.emit(url.toString()))
        self._html: str | None = None
        self._plain = ""
        self._found: list[tuple[int, int]] = []
        self._query = ""
        theme().changed.connect(self._redraw)

    def show_html(self, html: str) -> None:
        """Show rich text (of `markdown.segments`)."""
        if html != self._html:
            self._html = html
            self._redraw()

    def show_plain(self, text: str) -> None:
        """Show text as it is, letter by letter."""
        self._html, self._plain = None, text
        self._redraw()

    def _redraw(self) -> None:
        document = self.document()
        document.setDefaultFont(theme().font())
        if self._html is not None:
            document.setDefaultStyleSheet(document_css(theme().roles))
            self.setHtml(self._html)
        else:
            self.setPlainText(self._plain)
        option = document.defaultTextOption()
        option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        document.setDefaultTextOption(option)
        self._mark()

    def fit(self, width: int) -> int:
        """Take this width; returns (and takes) the height that the text needs."""
        document = self.document()
        document.setTextWidth(width)
        height = int(document.size().height()) + 1
        self.setFixedHeight(height)
        return height

    def natural_width(self) -> int:
        """The width that the text needs without wrapping."""
        self.document().setTextWidth(-1)
        return int(self.document().idealWidth()) + 2

    def mark_span(self, start: int, end: int) -> None:
        """Highlight a span of the plain text, and nothing else."""
        self._found, self._query = [(start, end)], ""
        self._mark()

    def mark_query(self, query: str) -> None:
        """Highlight every place of these words; an empty query highlights nothing."""
        self._found, self._query = [], query
        self._mark()

    def _mark(self) -> None:
        cursors = []
        for start, end in self._found:
            cursor = QTextCursor(self.document())
            last = self.document().characterCount() - 1
            cursor.setPosition(min(start, last))
            cursor.setPosition(min(end, last), QTextCursor.MoveMode.KeepAnchor)
            cursors.append(cursor)
        if self._query:
            cursor = self.document().find(self._query)
            while not cursor.isNull() and len(cursors) < 500:
                cursors.append(QTextCursor(cursor))
                cursor = self.document().find(self._query, cursor)
        look = QTextCharFormat()
        look.setBackground(theme().colour("highlight"))
        look.setForeground(theme().colour("text"))
        self.setExtraSelections([_selection(cursor, look) for cursor in cursors])

    def loadResource(self, _kind: int, _name: QUrl | str) -> object:
        """Nothing is fetched, neither from the network nor from the disk."""
        return None

    def createMimeDataFromSelection(self) -> QMimeData:
        """What is copied is marked as sensitive."""
        data = QMimeData()
        data.setText(self.textCursor().selection().toPlainText())
        return sensitive(data)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell of it."""
        super().mousePressEvent(event)
        self.pressed.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The thread scrolls, not a message in it."""
        event.ignore()

    def sizeHint(self) -> QSize:
        """As high as it was fitted."""
        return QSize(theme().px(100), self.height())


def _selection(cursor: QTextCursor, look: QTextCharFormat) -> QTextEdit.ExtraSelection:
    selection = QTextEdit.ExtraSelection()
    selection.cursor = cursor
    selection.format = look
    return selection
