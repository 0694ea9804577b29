"""The history of a memory: each step with who, when and why, and what changed in its words."""

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.theme import Size, theme
from app.widgets.dates import exact, friendly, held
from app.widgets.text import Text, clipped
from app.widgets.word_diff import Change, word_diff
from memos_engine.types import MemoryVersion

_ACTORS = {"person": "you", "chat": "from a chat", "import": "by an import", "lifecycle": "by itself"}


class VersionStep(QWidget):
    """One step: reason, who and when on the first line, the words with their changes below."""

    def __init__(self, version: MemoryVersion, before: MemoryVersion | None) -> None:
        super().__init__()
        self._version, self._before = version, before
        who = _ACTORS.get(version.actor, version.actor)
        head = Text(f"{version.reason.capitalize()} · {who} · {friendly(version.time)}", Size.SMALL, "muted", wrap=True)
        head.setToolTip(exact(version.time))
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.RichText)
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        theme().space(column, gap=4)
        column.addWidget(head)
        column.addWidget(self.words)
        if version.valid_to is not None:
            column.addWidget(Text(f"True {held(version)}", Size.SMALL, "muted", wrap=True))
        theme().changed.connect(self._redraw)
        self._redraw()

    def _redraw(self) -> None:
        same = self._before is not None and self._before.text == self._version.text
        self.words.setVisible(not same)
        if self._before is None:
            self.words.setText(escape(clipped(self._version.text)))
            return
        gone, new = theme().colour("danger").name(), theme().colour("highlight").name()
        pieces = []
        for stretch in word_diff(clipped(self._before.text), clipped(self._version.text)):
            text = escape(stretch.text)
            if stretch.change is Change.GONE:
                text = f'<span style="color:{gone}; text-decoration:line-through">{text}</span>'
            elif stretch.change is Change.NEW:
                text = f'<span style="background-color:{new}">{text}</span>'
            pieces.append(text)
        self.words.setText("".join(pieces))


def version_steps(versions: tuple[MemoryVersion, ...]) -> list[VersionStep]:
    """The steps, newest first; `versions` are oldest first."""
    before = (None, *versions)
    return [VersionStep(version, before[place]) for place, version in enumerate(versions)][::-1]
