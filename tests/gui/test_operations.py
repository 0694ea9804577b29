"""Work off the GUI thread: where it comes back, when it is dropped, and how its failures look."""

import logging
import threading
import time

import pytest
from PySide6.QtCore import QEvent, QThread
from PySide6.QtWidgets import QApplication, QWidget

from app.context import AppContext
from app.operations import PAINTS_PER_SECOND, ChatStream, Fault
from app.page import Page
from memos_engine.errors import CancelledError, NotFoundError
from memos_engine.types import MemoryChanges, Prefilled, Progress, TextDelta


@pytest.fixture
def page(context: AppContext, qtbot):
    made = Page(context)
    qtbot.addWidget(made)
    return made


def test_work_runs_elsewhere_and_comes_back_here(context: AppContext, page, qtbot):
    seen = {}

    def work(progress, cancel):
        seen["work"] = threading.current_thread()
        return 7

    context.operations.run(page, "Seven", work, lambda result: seen.update(result=result, here=QThread.currentThread()))
    qtbot.waitUntil(lambda: "result" in seen)
    assert seen["result"] == 7
    assert seen["work"] is not threading.main_thread()
    assert seen["here"] is QApplication.instance().thread()


def test_progress_arrives_and_the_last_one_is_never_lost(context: AppContext, page, qtbot):
    heard = []

    def work(progress, cancel):
        for done in range(1, 2001):
            progress(Progress(done, 2000))

    task = context.operations.run(page, "Count", work, on_progress=heard.append)
    qtbot.waitUntil(lambda: not task.running)
    assert heard[-1] == Progress(2000, 2000)
    assert [progress.done for progress in heard] == sorted(progress.done for progress in heard)


def test_a_result_for_a_page_that_is_gone_is_dropped(context: AppContext, qtbot):
    page, arrived, release = QWidget(), [], threading.Event()
    task = context.operations.run(page, "Late", lambda _p, _c: release.wait(10), arrived.append, arrived.append)
    page.deleteLater()
    QApplication.sendPostedEvents(page, QEvent.Type.DeferredDelete)
    release.set()
    qtbot.waitUntil(lambda: not task.running)
    assert arrived == []


def test_newer_work_under_a_key_cancels_and_silences_the_older(context: AppContext, page, qtbot):
    started, stopped, results = threading.Event(), threading.Event(), []

    def old(progress, cancel):
        cancel.on_cancel(stopped.set)
        started.set()
        assert stopped.wait(10)
        return "old"

    first = context.operations.run(page, "Search", old, results.append, key="search")
    assert started.wait(10)
    context.operations.run(page, "Search", lambda _p, _c: "new", results.append, key="search")
    qtbot.waitUntil(lambda: not first.running and results != [])
    assert results == ["new"]


def test_a_stop_is_no_failure(context: AppContext, page, qtbot):
    def work(progress, cancel):
        raise CancelledError

    task = context.operations.run(page, "Stop", work)
    qtbot.waitUntil(lambda: not task.running)
    assert page.banner.message == ""


def test_an_error_is_shown_where_the_work_was_with_its_hint(context: AppContext, page, qtbot):
    def work(progress, cancel):
        raise NotFoundError("There is no such chat.", "Choose another.")

    inner = QWidget(page)
    context.operations.run(inner, "Open", work)
    qtbot.waitUntil(lambda: page.banner.message != "")
    assert page.banner.message == "There is no such chat."
    assert "Choose another." in page.banner.accessibleName()


def test_a_fault_of_ours_is_called_one_and_tells_no_content(context: AppContext, page, qtbot, caplog):
    def work(progress, cancel):
        raise ValueError("canary-of-a-memory")

    with caplog.at_level(logging.DEBUG):
        context.operations.run(page, "Open", work)
        qtbot.waitUntil(lambda: page.banner.message != "")
    assert "fault of ours" in page.banner.accessibleName()
    assert "canary-of-a-memory" not in page.banner.accessibleName() + caplog.text
    assert "ValueError" in caplog.text
    assert Fault.of("Open", ValueError("x")).ours


def test_listed_work_stands_in_the_list_until_it_ends(context: AppContext, page, qtbot):
    release = threading.Event()
    task = context.operations.run(page, "Import", lambda _p, _c: release.wait(10), listed=True)
    assert [one.label for one in context.operations.tasks] == ["Import"]
    with qtbot.waitSignal(context.operations.tasks_changed):
        release.set()
    assert context.operations.tasks == ()
    assert not task.running


def test_long_work_does_not_hold_up_quick_work(context: AppContext, page, qtbot):
    release, done = threading.Event(), []
    for number in range(6):
        context.operations.run(page, f"Long {number}", lambda _p, _c: release.wait(20), long=True)
    context.operations.run(page, "Quick", lambda _p, _c: 1, done.append)
    qtbot.waitUntil(lambda: done == [1], timeout=5000)
    release.set()


def test_changes_of_the_engine_arrive_on_the_gui_thread(context: AppContext, engine, qtbot):
    threads = []
    context.operations.changed.connect(lambda _changes: threads.append(QThread.currentThread()))
    with qtbot.waitSignal(context.operations.changed) as heard:
        worker = threading.Thread(target=lambda: engine.memories.remember("Likes tea"))
        worker.start()
    worker.join()
    assert isinstance(heard.args[0], MemoryChanges)
    assert set(threads) == {QApplication.instance().thread()}


def test_text_is_coalesced_and_nothing_is_lost(qtbot):
    stream, pieces, prefills, times, painted = ChatStream(), [], [], [], threading.Event()
    stream.text.connect(lambda _id, text: (pieces.append(text), times.append(time.monotonic()), painted.set()))
    stream.prefilled.connect(prefills.append)

    def write():
        for first in range(0, 600, 100):
            painted.clear()
            for number in range(first, first + 100):
                stream.listen(Prefilled(number, 600))
                stream.listen(TextDelta("m", f"{number} "))
            assert painted.wait(10)

    worker = threading.Thread(target=write)
    worker.start()
    qtbot.waitUntil(lambda: not worker.is_alive(), timeout=10_000)
    worker.join()
    stream.flush()
    assert "".join(pieces) == "".join(f"{number} " for number in range(600))
    assert len(pieces) <= PAINTS_PER_SECOND * (times[-1] - times[0]) + 2
    assert prefills[-1] == Prefilled(599, 600)
