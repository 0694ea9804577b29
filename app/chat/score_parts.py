"""Why a memory was used, in words that need no explanation: what spoke for it, how much, and that it adds up."""

from collections.abc import Mapping

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from app.theme import Size, theme
from app.widgets.text import Text

SIGNALS = {
    "dense": ("Similar meaning", "It says something like your question, in whatever words."),
    "lexical": ("Same words", "Words of your question stand in it; rare words count more."),
    "context": ("Said near it", "What you said before and after it fits your question."),
    "recency": ("Recent", "You told it not long ago."),
    "date": ("Of that time", "It is of the time that you asked about."),
    "person": ("Same person", "It is about somebody whom your question names."),
    "pinned": ("Pinned", "You pinned it, so it comes before others."),
}
"""Parts of a score that are added up → their name and what they mean."""

WHATEVER_IS_ASKED = {
    "standing": "You asked for this once, and it holds for every reply.",
    "named": "Your request named it.",
    "always": "It bears on most questions, so it is at hand whatever you ask.",
}
"""What brings a memory into a reply without a score."""


def _points(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")


def shown_parts(why: Mapping[str, float]) -> list[tuple[str, float]]:
    """The parts of a score to the tenth of a point, the largest first: what is shown adds up as it stands there."""
    parts = [(name, round(value, 1)) for name, value in why.items()]
    return sorted((part for part in parts if part[1]), key=lambda part: -part[1])


def total(why: Mapping[str, float]) -> float:
    """What the shown parts add up to."""
    return sum(value for _, value in shown_parts(why))


class Bar(QWidget):
    """A part of the largest one, as a line. What speaks against a memory is drawn faintly."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self._share = share
        self.setMinimumWidth(theme().px(4))
        self.setFixedHeight(theme().px(6))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._redraw)

    def _redraw(self) -> None:
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the line from the left, where there is room for one."""
        if self.width() < 2 * self.height():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("accent" if self._share > 0 else "border"))
        width = max(self.height(), self.width() * min(1.0, abs(self._share)))
        painter.drawRoundedRect(QRectF(0, 0, width, self.height()), self.height() / 2, self.height() / 2)
        painter.end()


class ScoreParts(QWidget):
    """The parts of a memory's score as bars that add up to its points, or the sentence that stands for them."""

    def __init__(self, why: Mapping[str, float], best: float) -> None:
        """`best` are the points of the best memory of the same reply."""
        super().__init__()
        column = QVBoxLayout(self)
        theme().space(column, (0, 4, 0, 8), 4)
        self.said: list[str] = [sentence for name, sentence in WHATEVER_IS_ASKED.items() if name in why]
        if not self.said:
            column.addLayout(self._table(shown_parts(why)))
            self.said.append(_against(total(why), best))
        for sentence in self.said:
            column.addWidget(Text(sentence, Size.SMALL, "muted", wrap=True))

    def _table(self, parts: list[tuple[str, float]]) -> QGridLayout:
        table = QGridLayout()
        theme().space(table, gap=4)
        table.setColumnStretch(1, 1)
        largest = max((abs(value) for _, value in parts), default=1.0)
        rows = [(*SIGNALS.get(name, (name, "")), value) for name, value in parts]
        for number, (title, meaning, value) in enumerate(rows):
            name, points = Text(title, Size.SMALL, "muted", wrap=True), Text(_points(value), Size.SMALL, "muted")
            bar = Bar(value / largest)
            for widget in (name, bar, points):
                widget.setToolTip(meaning)
            name.setAccessibleName(f"{title}: {_points(value)} points. {meaning}".strip())
            self._row(table, number, name, points, bar)
        whole = sum(value for _, value in parts)
        self._row(table, len(rows), Text("Together", Size.SMALL), Text(_points(whole), Size.SMALL))
        return table

    def _row(self, table: QGridLayout, number: int, name: Text, points: Text, bar: Bar | None = None) -> None:
        table.addWidget(name, number, 0)
        if bar is not None:
            table.addWidget(bar, number, 1)
        table.addWidget(points, number, 2, Qt.AlignmentFlag.AlignRight)


def _against(points: float, best: float) -> str:
    measure = "Points say how far it stands out from your other memories for this question."
    if points >= best:
        return f"{measure} None of those used here had more."
    return f"{measure} The one that stood out most had {_points(best)}."
