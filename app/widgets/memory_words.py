"""The words of a memory, to read and to change in place."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from app.theme import Size, theme
from app.widgets.buttons import Button
from app.widgets.text import Passage, clipped

LONG = 140
"""Characters from which the words are a passage to read, and no title."""


class MemoryWords(QWidget):
    """The memory's words, to read and, after Edit, to change in place."""

    kept = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self.shown = Passage()
        self.edit = QPlainTextEdit()
        self.edit.setProperty("kind", "input")
        self.edit.setAccessibleName("Words of the memory")
        self.edit.setTabChangesFocus(True)
        self.keep = Button("Keep", self._keep, kind="primary")
        self.all_fields = Button("Kind, time and tags…", kind="link")
        buttons = QHBoxLayout()
        theme().space(buttons, gap=8)
        buttons.addWidget(self.all_fields)
        buttons.addStretch(1)
        buttons.addWidget(Button("Cancel", self.stop))
        buttons.addWidget(self.keep)
        self._editor = QWidget()
        inside = QVBoxLayout(self._editor)
        theme().space(inside, gap=8)
        inside.addWidget(self.edit)
        inside.addLayout(buttons)
        column = QVBoxLayout(self)
        theme().space(column)
        column.addWidget(self.shown)
        column.addWidget(self._editor)
        self._editor.hide()
        self.edit.textChanged.connect(self._check)
        for keys, do in (("Ctrl+Return", self._keep), ("Escape", self.stop)):
            shortcut = QShortcut(QKeySequence(keys), self._editor)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(do)

    @property
    def editing(self) -> bool:
        """Whether it is being changed."""
        return not self._editor.isHidden()

    def show_text(self, text: str) -> None:
        """Show these words."""
        self._text = text
        self.shown.show_text(clipped(text), Size.TITLE if len(text) <= LONG else Size.BODY)

    def start(self) -> None:
        """Make the words changeable."""
        self.edit.setPlainText(self._text)
        lines = min(12, max(3, len(self._text) // 30 + 1))
        self.edit.setFixedHeight(self.edit.fontMetrics().lineSpacing() * lines + theme().px(24))
        self.shown.hide()
        self._editor.show()
        self.edit.setFocus()
        self.edit.selectAll()

    def stop(self) -> None:
        """Leave the words as they are."""
        self._editor.hide()
        self.shown.show()

    def _check(self) -> None:
        text = self.edit.toPlainText().strip()
        self.keep.setEnabled(bool(text) and text != self._text)

    def _keep(self) -> None:
        if self.keep.isEnabled():
            self.kept.emit(self.edit.toPlainText().strip())
            self.stop()
