"""How far long work is, in one line, with a way to stop it."""

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from app.operations import Task
from app.theme import Size, theme
from app.widgets.buttons import Button
from app.widgets.region import number
from app.widgets.text import ElidedText
from memos_engine.types import Progress


def amount(progress: Progress, rate: float = 0.0, left_s: float | None = None) -> str:
    """ "310 of 1,204 messages · 42 a second · 21 s left", "1 of 9 MB · 2 MB a second"; what is unknown is left out."""
    parts = []
    measure = f" {progress.unit}" if progress.unit.isupper() else ""
    if progress.total > 0:
        parts.append(f"{number(progress.done)} of {number(progress.total)} {progress.unit}")
    elif progress.done:
        parts.append(f"{number(progress.done)} {progress.unit}")
    if rate >= 1:
        parts.append(f"{rate:,.0f}{measure} a second")
    elif rate > 0:
        parts.append(f"{rate * 60:,.1f}{measure} a minute")
    if left_s is not None and left_s > 0:
        parts.append(f"{duration(left_s)} left")
    if progress.note:
        parts.append(progress.note)
    return " · ".join(parts)


def duration(seconds: float) -> str:
    """ "8 s", "3 min", "2 h 5 min"."""
    whole = max(1, round(seconds))
    if whole < 90:
        return f"{whole} s"
    minutes = round(whole / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


class ProgressLine(QWidget):
    """A bar, the amount in words, and Cancel. It says what it is told; `TaskProgress` follows a task."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.words = ElidedText("", Size.SMALL, "muted")
        self.cancel = Button("Cancel", kind="flat")
        self.rename(label)
        left = QVBoxLayout()
        theme().space(left, gap=4)
        left.addWidget(self.bar)
        left.addWidget(self.words)
        row = QHBoxLayout(self)
        theme().space(row, gap=12)
        row.addLayout(left, 1)
        row.addWidget(self.cancel)

    def rename(self, label: str) -> None:
        """Name the work for screen readers."""
        self.bar.setAccessibleName(f"Progress of {label}")
        self.cancel.setAccessibleName(f"Cancel {label}")

    def show_progress(self, progress: Progress, rate: float = 0.0, left_s: float | None = None) -> None:
        """Show how far it is; a bar that only moves while the total is unknown."""
        self.bar.setRange(0, progress.total if progress.total > 0 else 0)
        self.bar.setValue(progress.done)
        self.words.setText(amount(progress, rate, left_s))


class TaskProgress(ProgressLine):
    """Shows the progress of the task it follows, and hides when that ended."""

    def __init__(self, label: str = "", parent: QWidget | None = None) -> None:
        super().__init__(label, parent)
        self._task: Task | None = None
        self.cancel.clicked.connect(self._stop)
        self.hide()

    @property
    def running(self) -> bool:
        """Whether the task it follows still runs."""
        return self._task is not None

    def follow(self, task: Task) -> None:
        """Show this task from now on."""
        self._task = task
        self.rename(task.label)
        self.cancel.setEnabled(True)
        self.cancel.setText("Cancel")
        self.show_progress(task.progress)
        task.progressed.connect(self._progressed)
        task.ended.connect(self._ended)
        self.show()

    def _progressed(self, progress: Progress) -> None:
        if self._task is not None:
            self.show_progress(progress, self._task.rate, self._task.left_s)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self.cancel.setEnabled(False)
            self.cancel.setText("Stopping…")

    def _ended(self) -> None:
        self._task = None
        self.hide()
