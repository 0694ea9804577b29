"""Activity: the one list of long work, of the window and of the engine's queue."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.commands import Command
from app.context import AppContext
from app.operations import Task
from app.page import Page
from app.theme import Size, theme
from app.widgets.buttons import Button
from app.widgets.discard import discard
from app.widgets.empty_state import EmptyState
from app.widgets.task_progress import ProgressLine, TaskProgress
from app.widgets.text import ElidedText, Text
from memos_engine.types import JobInfo, JobState

LOOK_EVERY_MS = 700
"""How often the queue is looked at while the page is in view."""

_STATES = {
    JobState.WAITING: ("Waits for its turn", "muted"),
    JobState.RUNNING: ("", "muted"),
    JobState.PAUSED: ("Pauses while a reply is written", "muted"),
    JobState.DONE: ("Done", "muted"),
    JobState.FAILED: ("Failed", "danger"),
    JobState.CANCELLED: ("Cancelled", "muted"),
}
UNDER_WAY = (JobState.WAITING, JobState.RUNNING, JobState.PAUSED)


class _Line(QFrame):
    """A piece of work: its label, and below it how far it is or what became of it."""

    def __init__(self, label: str) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.setAccessibleName(label)
        self.label = ElidedText(label)
        self.column = QVBoxLayout(self)
        theme().space(self.column, (16, 12, 16, 12), 8)
        self.column.addWidget(self.label)


class TaskLine(_Line):
    """Work that the window began: an import, a backup, loading a model."""

    def __init__(self, task: Task) -> None:
        super().__init__(task.label)
        self.progress = TaskProgress(task.label)
        self.progress.follow(task)
        self.column.addWidget(self.progress)


class JobLine(_Line):
    """A job of the engine's queue."""

    def __init__(self, context: AppContext, job: JobInfo) -> None:
        super().__init__(job.label)
        self._context = context
        self.job = job
        self.progress = ProgressLine(job.label)
        self.progress.cancel.clicked.connect(self._cancel)
        self.state = Text("", Size.SMALL, "muted", wrap=True, selectable=True)
        self.resume = Button("Go on", kind="flat", icon="again", on_click=self._resume)
        self.resume.setAccessibleName(f"Go on with {job.label}")
        self.resume.setToolTip("Do what is left of it")
        foot = QHBoxLayout()
        theme().space(foot, gap=12)
        foot.addWidget(self.state, 1)
        foot.addWidget(self.resume)
        self.column.addWidget(self.progress)
        self.column.addLayout(foot)
        self.show_job(job)

    def show_job(self, job: JobInfo) -> None:
        """Show how far it is now."""
        if self.job.resumable and not job.resumable:
            self.progress.cancel.setEnabled(True)
        self.job = job
        words, role = _STATES[job.state]
        self.label.setText(job.label)
        self.state.setText(" · ".join(part for part in (words, job.error) if part))
        self.state.setVisible(bool(self.state.text()))
        self.state.set_role(role)
        self.progress.setVisible(job.state in UNDER_WAY)
        self.progress.cancel.setVisible(job.cancellable)
        self.resume.setVisible(job.resumable)
        running = job.state is JobState.RUNNING
        self.progress.bar.setVisible(job.state is not JobState.WAITING)
        self.progress.words.setVisible(job.state is not JobState.WAITING)
        self.progress.show_progress(job.progress, job.rate if running else 0.0, job.left_s if running else None)

    def _resume(self) -> None:
        jobs, job_id = self._context.engine.jobs, self.job.id
        self._context.operations.run(self, f"Go on with {self.job.label}", lambda _p, _c: jobs.resume(job_id))

    def _cancel(self) -> None:
        jobs, job_id = self._context.engine.jobs, self.job.id
        self.progress.cancel.setEnabled(False)
        self._context.operations.run(self, f"Cancel {self.job.label}", lambda _p, _c: jobs.cancel(job_id), long=True)


class ActivityPage(Page):
    """What runs and waits, with rate, what is left, and cancel; then what ended last."""

    NAME = "Activity"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.tasks: dict[Task, TaskLine] = {}
        self.jobs: dict[str, JobLine] = {}
        self._build()
        self._clock = QTimer(self)
        self._clock.setInterval(LOOK_EVERY_MS)
        self._clock.timeout.connect(self._look)
        context.operations.tasks_changed.connect(self._show_tasks)

    def _build(self) -> None:
        head = QHBoxLayout()
        theme().space(head, (16, 12, 16, 0), 8)
        head.addWidget(Text("Activity", Size.DISPLAY))
        head.addStrut(theme().px(28))
        head.addStretch(1)
        body = QWidget()
        body.setProperty("ground", "surface")
        column = QVBoxLayout(body)
        theme().space(column, 16, 8)
        self._task_column, self._job_column, self._ended_column = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        self._ended_title = Text("Ended", Size.SMALL, "muted")
        for part in (self._task_column, self._job_column):
            theme().space(part, gap=8)
            column.addLayout(part)
        column.addWidget(self._ended_title)
        theme().space(self._ended_column, gap=8)
        column.addLayout(self._ended_column)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(body)
        scroll.setAccessibleName("Long work")
        self._stack = QStackedWidget()
        self._stack.addWidget(scroll)
        self._stack.addWidget(
            EmptyState(
                "activity",
                "Nothing is under way",
                "Imports, reading, re-encoding and backups are listed here while they run, and can be cancelled.",
            )
        )
        self.column.addLayout(head)
        self.column.addWidget(self._stack, 1)

    def entered(self) -> None:
        """Look at the queue now and while the page is in view."""
        self._show_tasks()
        self._look()
        self._clock.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self._clock.stop()

    def leave(self) -> None:
        """The vault is about to be locked."""
        self._clock.stop()

    def _look(self) -> None:
        jobs = self.context.engine.jobs
        self.context.operations.run(
            self, "List long work", lambda _progress, _cancel: jobs.list(), self._show_jobs, key="activity"
        )

    def _show_tasks(self) -> None:
        now = self.context.operations.tasks
        for task in [task for task in self.tasks if task not in now]:
            discard(self.tasks.pop(task))
        for task in now:
            if task not in self.tasks:
                self.tasks[task] = TaskLine(task)
                self._task_column.addWidget(self.tasks[task])
        self._show_empty()

    def _show_jobs(self, jobs: tuple[JobInfo, ...]) -> None:
        now = {job.id: job for job in jobs}
        for job_id in [job_id for job_id in self.jobs if job_id not in now]:
            discard(self.jobs.pop(job_id))
        places = {self._job_column: 0, self._ended_column: 0}
        for job in jobs:
            line = self.jobs.get(job.id)
            if line is None:
                line = self.jobs[job.id] = JobLine(self.context, job)
            line.show_job(job)
            column = self._job_column if job.state in UNDER_WAY else self._ended_column
            if column.indexOf(line) != places[column]:
                column.insertWidget(places[column], line)
            places[column] += 1
        self._show_empty()

    def _show_empty(self) -> None:
        self._ended_title.setVisible(self._ended_column.count() > 0)
        self._stack.setCurrentIndex(0 if self.tasks or self.jobs else 1)

    def commands(self) -> list[Command]:
        """Cancel everything that can be."""
        return [Command("Cancel all long work", self.cancel_all, icon="stop", group="Activity")]

    def cancel_all(self) -> None:
        """Cancel what the window began and what the queue runs."""
        for task in self.tasks:
            task.cancel()
        for line in self.jobs.values():
            if line.job.cancellable and line.job.state in UNDER_WAY:
                line.progress.cancel.click()
