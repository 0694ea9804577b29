"""The list of long work, on the real queue."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.activity.page import ActivityPage
from app.context import AppContext
from app.widgets.task_progress import amount, duration
from app.widgets.text import Text
from memos_engine.memory_os import MemoryOS
from memos_engine.scheduler.queue import Priority
from memos_engine.types import CancelToken, JobState, Progress, ProgressCallback


@pytest.fixture
def page(context: AppContext, show: Callable[[Any], Any]) -> ActivityPage:
    return show(ActivityPage(context))


def test_an_idle_program_says_so(page: ActivityPage, qtbot: QtBot):
    qtbot.waitUntil(lambda: page._stack.currentIndex() == 1)
    said = [text.text() for text in page._stack.currentWidget().findChildren(Text) if text.isVisible()]
    assert said[0] == "Nothing is under way"
    assert page.jobs == {}


def test_a_job_shows_its_progress_and_ends_when_it_is_cancelled(page: ActivityPage, engine: MemoryOS, qtbot: QtBot):
    begun = threading.Event()

    def count(progress: ProgressCallback, cancel: CancelToken) -> None:
        progress(Progress(310, 1_204, "messages"))
        begun.set()
        while not cancel.cancelled:
            begun.wait(0.01)
        cancel.check()

    job = engine._home.queue.submit("Reading messages", count, priority=Priority.NORMAL)
    assert begun.wait(5)
    qtbot.waitUntil(lambda: job.id in page.jobs)
    line = page.jobs[job.id]
    qtbot.waitUntil(lambda: line.progress.words.text().startswith("310 of 1,204 messages"))
    line.progress.cancel.click()
    qtbot.waitUntil(lambda: line.job.state is JobState.CANCELLED)
    assert line.state.text() == "Cancelled"
    assert not line.progress.isVisible()


def test_a_cancelled_job_goes_on_with_what_is_left_and_can_be_cancelled_again(
    page: ActivityPage, engine: MemoryOS, qtbot: QtBot
):
    runs: list[CancelToken] = []

    def count(progress: ProgressCallback, cancel: CancelToken) -> None:
        runs.append(cancel)
        stopped = threading.Event()
        cancel.on_cancel(stopped.set)
        assert stopped.wait(20)
        cancel.check()

    job = engine._home.queue.submit("Reading messages", count, priority=Priority.NORMAL)
    for nth in (1, 2):
        qtbot.waitUntil(lambda nth=nth: len(runs) == nth)
        qtbot.waitUntil(lambda: job.id in page.jobs and page.jobs[job.id].job.state is JobState.RUNNING)
        line = page.jobs[job.id]
        assert not line.resume.isVisible()
        assert line.progress.cancel.isEnabled()
        assert page._job_column.indexOf(line) >= 0
        line.progress.cancel.click()
        qtbot.waitUntil(line.resume.isVisible)
        assert page._ended_column.indexOf(line) >= 0
        line.resume.click()
    qtbot.waitUntil(lambda: len(runs) == 3)
    engine.jobs.cancel(job.id)


def test_what_ended_last_stands_first(page: ActivityPage, engine: MemoryOS, qtbot: QtBot):
    ended = []
    for number in range(3):
        ended.append(engine._home.queue.submit(f"Job {number}", lambda *_: None).id)
        qtbot.waitUntil(lambda: ended[-1] in page.jobs and page.jobs[ended[-1]].job.state is JobState.DONE)
    lines = [page._ended_column.itemAt(place).widget() for place in range(3)]
    assert [line.job.id for line in lines] == ended[::-1]


def test_a_job_that_failed_says_why(page: ActivityPage, engine: MemoryOS, qtbot: QtBot):
    def fail(progress: ProgressCallback, cancel: CancelToken) -> None:
        raise OSError("disk on fire")

    job = engine._home.queue.submit("Backing up", fail, priority=Priority.NORMAL)
    qtbot.waitUntil(lambda: job.id in page.jobs and page.jobs[job.id].job.state is JobState.FAILED)
    assert page.jobs[job.id].state.text().startswith("Failed · ")
    assert "disk on fire" not in page.jobs[job.id].state.text(), "texts of unforeseen errors may hold memories"


def test_work_of_the_window_is_listed_and_can_be_cancelled(page: ActivityPage, context: AppContext, qtbot: QtBot):
    stopped = threading.Event()

    def work(progress: ProgressCallback, cancel: CancelToken) -> None:
        progress(Progress(1, 9, "files"))
        while not cancel.cancelled:
            stopped.wait(0.01)
        stopped.set()

    task = context.operations.run(page, "Import", work, listed=True)
    qtbot.waitUntil(lambda: task in page.tasks)
    qtbot.waitUntil(lambda: page.tasks[task].progress.words.text().startswith("1 of 9 files"))
    page.tasks[task].progress.cancel.click()
    qtbot.waitUntil(lambda: not page.tasks)
    assert stopped.is_set()


@pytest.mark.parametrize(
    ("progress", "rate", "left", "words"),
    [
        (Progress(310, 1_204, "messages"), 42.4, 21.0, "310 of 1,204 messages · 42 a second · 21 s left"),
        (Progress(3, 0, "files"), 0.05, None, "3 files · 3.0 a minute"),
        (Progress(0), 0.0, None, ""),
        (Progress(5, 9, "MB", "writing"), 0.0, None, "5 of 9 MB · writing"),
        (Progress(5, 9, "MB"), 2.0, None, "5 of 9 MB · 2 MB a second"),
    ],
)
def test_the_amount_leaves_out_what_is_unknown(progress: Progress, rate: float, left: float | None, words: str):
    assert amount(progress, rate, left) == words


def test_durations_are_said_in_the_unit_that_fits():
    assert [duration(seconds) for seconds in (0.2, 89, 200, 7_500)] == ["1 s", "89 s", "3 min", "2 h 5 min"]
