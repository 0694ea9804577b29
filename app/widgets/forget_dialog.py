"""The dialog before forgetting: what is erased, and what else says the same, to tick."""

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.context import CubeDirectory
from app.theme import Size, theme
from app.widgets.buttons import Button
from app.widgets.chip import MemoryChip
from app.widgets.region import number
from app.widgets.text import Text
from memos_engine.types import Echo, ForgetPreview

SHOWN = 25
"""Most of each sort that are drawn; more are counted: a hundred hold the window up for a quarter of a second."""

_ECHO_NAMES = {"message": "Your message", "reply": "A reply", "title": "A title", "memory": "Another memory"}


class ForgetDialog(QDialog):
    """Shows a `ForgetPreview`. `agreed` fires when the person confirms; `ticked()` are the echoes to erase too."""

    agreed = Signal()

    def __init__(self, preview: ForgetPreview, cubes: CubeDirectory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        count = len(preview.memories)
        self.setWindowTitle("Forget for good")
        self.resize(theme().px(520), theme().px(460))
        self._boxes: list[tuple[QCheckBox, tuple[Echo, ...]]] = []
        body = QWidget()
        inner = QVBoxLayout(body)
        theme().space(inner, 0, 8)
        for memory in preview.memories[:SHOWN]:
            inner.addWidget(MemoryChip(memory, cubes))
        _count_rest(inner, count)
        if preview.inferred:
            inner.addWidget(Text("Inferred from it, and falls with it", Size.SMALL, "muted"))
            for memory in preview.inferred[:SHOWN]:
                inner.addWidget(MemoryChip(memory, cubes))
            _count_rest(inner, len(preview.inferred))
        exact = [echo for echo in preview.echoes if echo.exact]
        others = [echo for echo in preview.echoes if not echo.exact]
        if exact:
            inner.addWidget(Text("The words it came from are blacked out in the chat", Size.SMALL, "muted"))
            for echo in exact[:SHOWN]:
                inner.addWidget(_quoted(echo))
            _count_rest(inner, len(exact))
        if others:
            inner.addWidget(Text("These say the same. Tick what is to go too", Size.SMALL, "muted"))
            for echo in others[:SHOWN]:
                inner.addWidget(self._tickable(echo))
            if rest := tuple(others[SHOWN:]):
                inner.addWidget(self._box(f"The other {number(len(rest))} that say the same", rest))
        inner.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(body)
        scroll.setAccessibleName("What will be forgotten")
        agree = Button("Forget for good", kind="danger")
        agree.clicked.connect(self._agree)
        buttons = QHBoxLayout()
        theme().space(buttons, 0, 8)
        buttons.addStretch(1)
        cancel = Button("Cancel", self.reject)
        cancel.setDefault(True)
        buttons.addWidget(cancel)
        buttons.addWidget(agree)
        column = QVBoxLayout(self)
        theme().space(column, 16, 12)
        title = "Forget this memory?" if count == 1 else f"Forget {number(count)} memories?"
        column.addWidget(Text(title, Size.TITLE))
        what = "It is erased from the disk and does" if count == 1 else "They are erased from the disk and do"
        column.addWidget(Text(f"{what} not come back. This cannot be undone.", wrap=True))
        column.addWidget(scroll, 1)
        column.addLayout(buttons)

    def _tickable(self, echo: Echo) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        theme().space(line, 0, 8)
        box = self._box(_ECHO_NAMES.get(echo.kind, echo.kind), (echo,))
        box.setAccessibleName(f"{box.text()}: {echo.text[:200]}")
        line.addWidget(box, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(_quoted(echo), 1)
        return row

    def _box(self, name: str, echoes: tuple[Echo, ...]) -> QCheckBox:
        box = QCheckBox(name)
        self._boxes.append((box, echoes))
        return box

    def ticked(self) -> tuple[Echo, ...]:
        """The echoes that go too."""
        return tuple(echo for box, echoes in self._boxes if box.isChecked() for echo in echoes)

    def _agree(self) -> None:
        self.agreed.emit()
        self.accept()


def _count_rest(column: QVBoxLayout, count: int) -> None:
    if count > SHOWN:
        column.addWidget(Text(f"and {number(count - SHOWN)} more", role="muted"))


def _quoted(echo: Echo) -> QLabel:
    """The echo's words around its span, the span in bold."""
    before, after = max(0, echo.start - 80), min(len(echo.text), echo.end + 80)
    head, tail = ("…" if before else ""), ("…" if after < len(echo.text) else "")
    label = QLabel(
        f"{head}{escape(echo.text[before : echo.start])}<b>{escape(echo.text[echo.start : echo.end])}</b>"
        f"{escape(echo.text[echo.end : after])}{tail}"
    )
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setWordWrap(True)
    return label
