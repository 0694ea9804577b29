"""The frame of both palettes: a field over a list, driven from the keyboard."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.theme import Size, theme
from app.widgets.discard import discard_when_finished
from app.widgets.text import Text

WIDTH, HEIGHT = 620, 420


AsideRole = Qt.ItemDataRole.UserRole + 1
"""What stands at the right edge of a line, in the secondary colour: its keys, or its time."""


class PaletteDelegate(QStyledItemDelegate):
    """Draws a line: icon and words, which make room for what stands aside."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one line."""
        aside = index.data(AsideRole)
        if not aside:
            super().paint(painter, option, index)
            return
        font = theme().font(Size.SMALL)
        line, room = QStyleOptionViewItem(option), QFontMetrics(font).horizontalAdvance(aside) + theme().px(24)
        self.initStyleOption(line, index)
        words = line.fontMetrics.elidedText(
            line.text, Qt.TextElideMode.ElideRight, max(0, line.rect.width() - room - theme().px(44))
        )
        line.text = words
        style = line.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, line, painter, line.widget)
        painter.save()
        painter.setFont(font)
        painter.setPen(theme().colour("muted"))
        place = line.rect.adjusted(0, 0, -theme().px(12), 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, aside)
        painter.restore()


class Palette(QDialog):
    """Up and Down move in the list while the field keeps the focus, Enter chooses, Escape closes.

    A subclass fills `self.list` in `look(text)` and acts in `choose(item)`.
    """

    def __init__(self, name: str, hint: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        discard_when_finished(self)
        self.setAccessibleName(name)
        self.field = QLineEdit()
        self.field.setPlaceholderText(hint)
        self.field.setAccessibleName(name)
        self.list = QListWidget()
        self.list.setAccessibleName(f"{name}: results")
        self.list.setItemDelegate(PaletteDelegate(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.note = Text("", role="muted")
        self.note.hide()
        column = QVBoxLayout(self)
        theme().space(column, 12, 8)
        column.addWidget(self.field)
        column.addWidget(self.note)
        column.addWidget(self.list, 1)
        self.field.textChanged.connect(self.look)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(self._take)
        self.resize(min(theme().px(WIDTH), parent.width() - 40), min(theme().px(HEIGHT), parent.height() - 80))
        corner = parent.mapToGlobal(QPoint((parent.width() - self.width()) // 2, theme().px(60)))
        self.move(corner)
        self.field.setFocus()

    def look(self, text: str) -> None:
        """Fill the list for what is typed."""
        raise NotImplementedError

    def choose(self, item: QListWidgetItem) -> None:
        """Act on a line of the list; the palette is closed by then."""
        raise NotImplementedError

    def say(self, text: str) -> None:
        """A note above the list, or none."""
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def select_first(self) -> None:
        """Let Enter choose the best."""
        self.list.setCurrentRow(next((row for row in range(self.list.count()) if self._choosable(row)), -1))

    def _choosable(self, row: int) -> bool:
        return bool(self.list.item(row).flags() & Qt.ItemFlag.ItemIsSelectable)

    def _step(self, by: int) -> None:
        rows = [row for row in range(self.list.count()) if self._choosable(row)]
        if rows:
            at = rows.index(self.list.currentRow()) if self.list.currentRow() in rows else -1
            self.list.setCurrentRow(rows[(at + by) % len(rows)])

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is not None and item.flags() & Qt.ItemFlag.ItemIsSelectable:
            self.hide()
            self.choose(item)
            self.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the list while the field has the focus."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
            if event.key() in steps:
                self._step(steps[Qt.Key(event.key())])
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)
