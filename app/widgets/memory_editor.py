"""The dialog that edits one memory."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QDate, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import (
    QDateEdit,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.theme import theme
from app.widgets import region
from app.widgets.buttons import Button, IconButton
from app.widgets.combo import Combo
from app.widgets.text import Text
from memos_engine.types import CubeInfo, Kind, Memory, local

EDITABLE_KINDS = (Kind.FACT, Kind.PREFERENCE, Kind.EVENT, Kind.SKILL, Kind.PERSONA)


_NOT_KNOWN = QDate(100, 1, 1)
"""The earliest day that a date field can hold stands for none."""


class DateField(QWidget):
    """A day that may be unknown: an empty field until one is set."""

    def __init__(self, time: datetime | None, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._was = time
        self.edit = QDateEdit()
        self.edit.setCalendarPopup(True)
        self.edit.setDisplayFormat(region.date_pattern())
        self.edit.setAccessibleName(name)
        self.edit.setSpecialValueText("not known")
        self.edit.setMinimumDate(_NOT_KNOWN)
        self.edit.setDate(_NOT_KNOWN if time is None else QDate(*local(time).timetuple()[:3]))
        row = QHBoxLayout(self)
        theme().space(row, 0, 4)
        row.addWidget(self.edit, 1)
        row.addWidget(IconButton("close", f"{name}: not known", lambda: self.edit.setDate(_NOT_KNOWN), size=14))

    @property
    def time(self) -> datetime | None:
        """The start of the chosen day in local time; what was there if the day was not changed."""
        chosen = self.edit.date()
        if chosen == _NOT_KNOWN:
            return None
        if self._was is not None and chosen == QDate(*local(self._was).timetuple()[:3]):
            return self._was
        return datetime(chosen.year(), chosen.month(), chosen.day()).astimezone()


class MemoryEditor(QDialog):
    """Words, kind, valid time and tags of one memory. `kept` carries them: text, kind, from, to, tags.

    With several `cubes`, also asks to which one a new memory goes (`cube_id`).
    """

    kept = Signal(str, Kind, object, object, tuple)

    def __init__(self, memory: Memory | None, parent: QWidget | None = None, cubes: Sequence[CubeInfo] = ()) -> None:
        super().__init__(parent)
        self.setWindowTitle("Edit memory" if memory else "Add memory")
        self.resize(theme().px(460), theme().px(320))
        self.text = QPlainTextEdit(memory.text if memory else "")
        self.text.setProperty("kind", "input")
        self.text.setAccessibleName("What to remember")
        self.text.setTabChangesFocus(True)
        self.text.setPlaceholderText("Allergic to peanuts")
        self.kind = Combo()
        self.kind.setAccessibleName("Kind")
        kinds = EDITABLE_KINDS if memory is None or memory.kind in EDITABLE_KINDS else (memory.kind, *EDITABLE_KINDS)
        for kind in kinds:
            self.kind.addItem(str(kind).capitalize(), kind)
        if memory is not None:
            self.kind.setCurrentIndex(kinds.index(memory.kind))
        self.since = DateField(memory.valid_from if memory else None, "True since")
        self.until = DateField(memory.valid_to if memory else None, "True until")
        self.tags = QLineEdit(", ".join(memory.tags) if memory else "")
        self.tags.setAccessibleName("Tags, separated by commas")
        self.tags.setPlaceholderText("separated by commas")
        form = QGridLayout()
        theme().space(form, 0, 8)
        self.cube = Combo()
        self.cube.setAccessibleName("Cube")
        for cube in cubes:
            self.cube.addItem(cube.name, cube.id)
        fields: list[tuple[str, QWidget]] = [("Cube", self.cube)] if len(cubes) > 1 else []
        fields += [("Kind", self.kind), ("True since", self.since)]
        fields += [("True until", self.until)] if memory is not None else []
        for row, (name, field) in enumerate([*fields, ("Tags", self.tags)]):
            form.addWidget(Text(name), row, 0)
            form.addWidget(field, row, 1)
        self.keep = Button("Keep", self._keep, kind="primary")
        self.keep.setDefault(True)
        buttons = QHBoxLayout()
        theme().space(buttons, 0, 8)
        buttons.addStretch(1)
        buttons.addWidget(Button("Cancel", self.reject))
        buttons.addWidget(self.keep)
        column = QVBoxLayout(self)
        theme().space(column, 16, 12)
        column.addWidget(self.text, 1)
        column.addLayout(form)
        if memory is not None:
            column.addWidget(Text("The old words stay in its history.", role="muted", wrap=True))
        column.addLayout(buttons)
        self.text.textChanged.connect(self._check)
        self.text.moveCursor(QTextCursor.MoveOperation.End)
        QShortcut(QKeySequence("Ctrl+Return"), self).activated.connect(self.keep.click)
        self._check()

    @property
    def cube_id(self) -> str | None:
        """The chosen cube; None where none was offered."""
        chosen = self.cube.currentData()
        return None if chosen is None else str(chosen)

    def _check(self) -> None:
        self.keep.setEnabled(bool(self.text.toPlainText().strip()))

    def _keep(self) -> None:
        tags = tuple(tag.strip() for tag in self.tags.text().split(",") if tag.strip())
        kind = Kind(self.kind.currentData())
        self.kept.emit(self.text.toPlainText().strip(), kind, self.since.time, self.until.time, tags)
        self.accept()
