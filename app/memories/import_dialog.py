"""Importing notes and conversations: what would be read, whose words they are, where they go; progress and result."""

from collections.abc import Sequence
from pathlib import Path

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QRadioButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.context import AppContext
from app.operations import Fault, Task
from app.page import Page
from app.theme import Size, theme
from app.widgets.banner import Banner
from app.widgets.buttons import Button, closing_row
from app.widgets.combo import Combo
from app.widgets.discard import discard_when_finished
from app.widgets.file_dialogs import choose_files, choose_folder
from app.widgets.region import number
from app.widgets.task_progress import TaskProgress
from app.widgets.text import Text
from memos_engine.types import CancelToken, ImportPlan, IngestReport, LeftOut, ProgressCallback

FILE_KINDS = "Notes and conversations (*.md *.txt *.pdf *.html *.htm *.docx *.jsonl);;All files (*)"
MOST_REASONS = 4
"""Most reasons for leaving files out that are told apart."""
SHOWN = 500
"""Most files that are named; more are counted."""
_CANCELLED = ("The import was cancelled.", "Nothing of it was kept.")


class ImportDialog(QDialog):
    """Plan, questions, progress, result: in this order, in one window. Closing it while it runs lets it run on."""

    def __init__(self, context: AppContext, page: Page, paths: tuple[Path, ...] = ()) -> None:
        super().__init__(page.window())
        discard_when_finished(self)
        self.setWindowTitle("Import")
        self.setAcceptDrops(True)
        self.resize(theme().px(560), theme().px(560))
        self._context, self._page = context, page
        self._paths: list[Path] = []
        self._plan = ImportPlan(())
        self._task: Task | None = None
        self._build()
        self.add_paths(paths)

    # --- parts ------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.banner = Banner()
        self.progress = TaskProgress("Import")
        self.close_button = Button("Cancel", self.reject)
        self.start = Button("Import", self._start, kind="primary")
        self.start.setDefault(True)
        self._steps = QStackedWidget()
        self._steps.addWidget(self._make_plan())
        self._steps.addWidget(self._make_result())
        buttons = closing_row(self.close_button, self.start)
        whole = QVBoxLayout(self)
        theme().space(whole, 24, 12)
        whole.addWidget(Text("Import notes and conversations", Size.TITLE))
        whole.addWidget(self.banner)
        whole.addWidget(self._steps, 1)
        whole.addWidget(self.progress)
        whole.addLayout(buttons)

    def _make_plan(self) -> QWidget:
        self.plan = QListWidget()
        self.plan.setAccessibleName("Files that will be read")
        self.plan.setFrameShape(QListWidget.Shape.NoFrame)
        self.plan.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.plan.setUniformItemSizes(True)
        self.count = Text("", role="muted", wrap=True)
        add = QHBoxLayout()
        theme().space(add, gap=8)
        add.addWidget(self.count, 1)
        add.addWidget(Button("Add files…", self._ask_files))
        add.addWidget(Button("Add folder…", self._ask_folder))
        plan = QWidget()
        column = QVBoxLayout(plan)
        theme().space(column, gap=8)
        column.addLayout(add)
        column.addWidget(self.plan, 1)
        column.addWidget(Text("Who says “I” in these documents?"))
        column.addLayout(self._make_author())
        column.addWidget(Text("Where do they go?"))
        column.addLayout(self._make_place())
        return plan

    def _make_author(self) -> QHBoxLayout:
        self.me = QRadioButton("Me")
        self.other = QRadioButton("Someone else:")
        self.unknown = QRadioButton("Not known")
        self.unknown.setToolTip("Nothing is remembered about anyone from “I” and “my”.")
        self.name = QLineEdit()
        self.name.setPlaceholderText("Name")
        self.name.setAccessibleName("Name of the author")
        self._authors = QButtonGroup(self)
        row = QHBoxLayout()
        theme().space(row, gap=12)
        for button in (self.me, self.other, self.unknown):
            self._authors.addButton(button)
            button.toggled.connect(self._check)
        row.addWidget(self.me)
        row.addWidget(self.other)
        row.addWidget(self.name, 1)
        row.addWidget(self.unknown)
        self.unknown.setChecked(True)
        self.name.textEdited.connect(lambda: self.other.setChecked(True))
        self.name.textChanged.connect(self._check)
        return row

    def _make_place(self) -> QHBoxLayout:
        self.cube = Combo()
        self.cube.setAccessibleName("Cube")
        for cube in self._context.cubes.all():
            if cube.usable:
                self.cube.addItem(cube.name, cube.id)
        self.read = QCheckBox("Read them for memories")
        self.read.setToolTip("In the background, after the import. Without it they can still be searched.")
        self.read.setChecked(True)
        row = QHBoxLayout()
        theme().space(row, gap=12)
        row.addWidget(self.cube, 1)
        row.addWidget(self.read)
        return row

    def _make_result(self) -> QWidget:
        self.summary = Text("", wrap=True)
        self.failures = QListWidget()
        self.failures.setAccessibleName("What was not taken")
        self.failures.setWordWrap(True)
        self.failures.setFrameShape(QListWidget.Shape.NoFrame)
        result = QWidget()
        column = QVBoxLayout(result)
        theme().space(column, gap=8)
        column.addWidget(self.summary)
        column.addWidget(self.failures, 1)
        return result

    # --- plan -------------------------------------------------------------------------------------------------------

    def _ask_files(self) -> None:
        choose_files(self, "imports", "Files to import", self.add_paths, filters=FILE_KINDS)

    def _ask_folder(self) -> None:
        choose_folder(self, "imports", "Folder to import", lambda folder: self.add_paths([folder]))

    def add_paths(self, paths: list[Path] | tuple[Path, ...]) -> None:
        """Add files and folders, and look which of them can be read."""
        self._paths += [path for path in paths if path not in self._paths]
        chosen, imports = tuple(self._paths), self._context.engine.imports
        self._plan = ImportPlan(())
        if not chosen:
            self._show_plan(self._plan)
            return
        self.count.setText("Looking…")
        self._context.operations.run(
            self,
            "Look what to import",
            lambda _progress, _cancel: imports.plan(chosen),
            self._show_plan,
            key=f"plan-{id(self)}",
            long=True,
        )

    def _show_plan(self, plan: ImportPlan) -> None:
        self._plan, files = plan, plan.files
        self.plan.clear()
        self.plan.addItems([self._named(file) for file in files[:SHOWN]])
        if len(files) > SHOWN:
            self.plan.addItem(f"and {number(len(files) - SHOWN)} more")
        passed = left_out(plan.left_out)
        if files:
            self.count.setText(
                f"{number(len(files))} {'file' if len(files) == 1 else 'files'} will be read. {passed}".strip()
            )
        elif self._paths:
            nothing = "Nothing here can be read. Markdown, text, PDF, HTML, Word and JSON lines can."
            self.count.setText(f"{nothing} {passed}".strip())
        else:
            self.count.setText("Add files or a folder, or drop them here.")
        self._check()

    def _named(self, file: Path) -> str:
        for path in self._paths:
            if path in file.parents:
                return str(file.relative_to(path.parent))
        return file.name

    @property
    def author(self) -> str:
        """Whose first person the documents speak in: "me", a name, or "" for unknown."""
        if self.me.isChecked():
            return "me"
        return self.name.text().strip() if self.other.isChecked() else ""

    def _check(self) -> None:
        named = not self.other.isChecked() or bool(self.name.text().strip())
        self.start.setEnabled(bool(self._plan.files) and named and self._task is None)

    # --- import -----------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        imports, chosen, author = self._context.engine.imports, tuple(self._paths), self.author
        cube_id, read = self.cube.currentData(), self.read.isChecked()

        def work(progress: ProgressCallback, cancel: CancelToken) -> IngestReport:
            return imports.ingest(chosen, cube_id=cube_id, author=author, read=read, progress=progress, cancel=cancel)

        self.banner.clear()
        operations = self._context.operations
        task = operations.run(self._page, "Import", work, self._ended, self._failed, listed=True)
        task.ended.connect(lambda: self._stopped(task))
        self._task = task
        self.progress.follow(task)
        self._steps.setEnabled(False)
        self.close_button.setText("Close, go on importing")
        self.start.setEnabled(False)

    def _stopped(self, task: Task) -> None:
        cancelled = task.cancel_token.cancelled
        if not shiboken6.isValid(self):
            if cancelled and shiboken6.isValid(self._page):
                self._page.banner.say(*_CANCELLED)
            return
        self._task = None
        self._steps.setEnabled(True)
        self.close_button.setText("Close")
        self._check()
        if cancelled:
            self.banner.say(*_CANCELLED)

    def _failed(self, fault: Fault) -> None:
        if shiboken6.isValid(self):
            self.banner.show_fault(fault)
        else:
            self._page.show_fault(fault)

    def _ended(self, report: IngestReport) -> None:
        done = self._context.navigator.done
        if not shiboken6.isValid(self):
            done.emit(report.changes)
            if report.failed:
                first = report.failed[0]
                self._page.banner.say(f"Imported: {summary(report)}", first.told)
            return
        # The note lies in the window behind: its Undo can be reached, and its time runs, once nothing lies before it.
        self.finished.connect(lambda: done.emit(report.changes))
        self.banner.clear()
        self.summary.setText(summary(report))
        self.failures.clear()
        self.failures.addItems([failure.told for failure in report.failed])
        self.failures.setVisible(bool(report.failed))
        self._steps.setCurrentIndex(1)
        self.start.hide()
        self.close_button.setText("Done")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """More files may be dropped."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped."""
        self.add_paths([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])


def left_out(passed: Sequence[LeftOut]) -> str:
    """ "Left out: .mp3 cannot be read (12); hidden (1)." """
    if not passed:
        return ""
    named = [f"{left.reason} ({number(left.count)})" for left in passed[:MOST_REASONS]]
    others = sum(left.count for left in passed[MOST_REASONS:])
    return f"Left out: {'; '.join([*named, f'others ({number(others)})'] if others else named)}."


def summary(report: IngestReport) -> str:
    """ "28 added, 1 changed, 3 were there already. 1 file was not taken:" """
    parts = [f"{number(report.added)} added"]
    if report.updated:
        parts.append(f"{number(report.updated)} changed")
    if report.skipped:
        parts.append(f"{number(report.skipped)} were there already")
    failed = len({failure.file for failure in report.failed})
    rest = f" {number(failed)} {'file was' if failed == 1 else 'files were'} not taken:" if failed else ""
    return f"{', '.join(parts)}.{rest}"
