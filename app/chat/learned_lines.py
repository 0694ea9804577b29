"""The lines under a reply: what was remembered, proposed, taken out and held back, each with what can be done."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.chat.row import Learned, Row
from app.theme import Size, theme
from app.widgets.buttons import Button
from app.widgets.picture import Picture
from app.widgets.text import ElidedText, Text
from memos_engine.types import Memory

Action = tuple[str, Callable[[], None]]


class LearnedLines(QFrame):
    """Shows a row's `learned` and `withheld`; asks by signals."""

    undo = Signal(Row, Learned)
    edit = Signal(Memory)
    forget = Signal(str)
    accept = Signal(list)
    """Ids of proposals to remember."""
    refuse = Signal(list)
    """Ids of proposals not to remember."""
    restore = Signal(str)
    remember_anyway = Signal(Row)

    def __init__(self, row: Row, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = row
        self._column = QVBoxLayout(self)
        theme().space(self._column, 0, 0)
        for entry in row.learned:
            self._column.addWidget(self._line(entry))
        waiting = [entry.memory_id for entry in row.learned if entry.waits]
        if len(waiting) > 1:
            self._column.addWidget(self._all(waiting))
        if row.withheld:
            self._column.addWidget(self._withheld())

    def _line(self, entry: Learned) -> QWidget:
        words, icon, role = _said(entry)
        line = _Line(icon, "accent" if entry.waits else "muted")
        line.row.addWidget(ElidedText(words, Size.SMALL, role), 1)
        for name, do in self._actions(entry):
            line.add(name, do, f"{name}: {entry.memory.text}")
        return line

    def _actions(self, entry: Learned) -> tuple[Action, ...]:
        if entry.forgotten or (entry.replaced and not entry.gone):
            return ()
        forget = ("Forget for good", lambda: self.forget.emit(entry.memory_id))
        edit = ("Edit", lambda: self.edit.emit(entry.memory))
        if entry.gone:
            back = "Remember" if entry.proposed else "Restore"
            return ((back, lambda: self.restore.emit(entry.memory_id)), forget)
        if entry.waits:
            accept = ("Remember", lambda: self.accept.emit([entry.memory_id]))
            return (accept, edit, ("Don’t remember", lambda: self.refuse.emit([entry.memory_id])))
        return (("Undo", lambda: self.undo.emit(self._row, entry)), edit, forget)

    def _all(self, waiting: list[str]) -> QWidget:
        line = _Line("")
        line.row.addStretch(1)
        line.add(f"Remember all {len(waiting)}", lambda: self.accept.emit(waiting))
        line.add("Remember none", lambda: self.refuse.emit(waiting))
        return line

    def _withheld(self) -> QWidget:
        line = _Line("shield", "caution")
        line.row.addWidget(Text("Not remembered: it looks like a secret.", Size.SMALL, "caution"))
        line.add("Remember anyway", lambda: self.remember_anyway.emit(self._row))
        line.row.addStretch(1)
        return line


class _Line(QWidget):
    """An icon, words, and links behind them."""

    def __init__(self, icon: str, role: str = "muted") -> None:
        super().__init__()
        self.row = QHBoxLayout(self)
        theme().space(self.row, 0, 8)
        if icon:
            self.row.addWidget(Picture(icon, role, 14))

    def add(self, words: str, do: Callable[[], None], spoken: str = "") -> None:
        """A link; `spoken` is its name for screen readers where its words alone do not say what it is about."""
        button = Button(words, do, kind="link", small=True)
        if spoken:
            button.setAccessibleName(spoken)
        self.row.addWidget(button)


def _said(entry: Learned) -> tuple[str, str, str]:
    """What happened to a memory, its icon, and the role of the text's colour."""
    if entry.forgotten:
        return "Forgotten", "forget", "muted"
    text = entry.memory.text
    if entry.gone:
        return f"{'Not remembered' if entry.proposed else 'In the trash'}: {text}", "delete", "muted"
    if entry.replaced:
        return f"No longer current: {text}", "history", "muted"
    if entry.waits:
        return f"Remember? {text}", "review", "text"
    return f"Remembered: {text}", "memories", "text"
