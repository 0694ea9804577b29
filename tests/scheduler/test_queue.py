"""The list of long work: one after the other, by priority, giving way to replies."""

import logging
import threading

import pytest

from memos_engine.errors import CancelledError, InputError, NotFoundError, TooLargeError
from memos_engine.scheduler.queue import JobQueue, Priority
from memos_engine.types import CancelToken, JobState, Progress, ProgressCallback

SOON = 20.0


@pytest.fixture
def queue():
    queue = JobQueue()
    yield queue
    queue.close()


class Gate:
    """A job that waits for a word: `reached` when it runs, `release` to let it end."""

    def __init__(self) -> None:
        self.reached, self.release = threading.Event(), threading.Event()

    def __call__(self, progress: ProgressCallback, cancel: CancelToken) -> None:
        end = cancel.on_cancel(self.release.set)
        self.reached.set()
        assert self.release.wait(SOON)
        end()
        cancel.check()


def reaches(queue: JobQueue, label: str, state: JobState) -> bool:
    """Wait until a job is in a state."""
    with queue._changed:
        return queue._changed.wait_for(lambda: states(queue)[label] is state, SOON)


def states(queue: JobQueue) -> dict[str, JobState]:
    return {job.label: job.state for job in queue.list()}


def test_jobs_run_by_priority_and_then_in_turn(queue: JobQueue) -> None:
    gate, order = Gate(), []
    queue.submit("first", gate)
    assert gate.reached.wait(SOON)
    for label, priority in (
        ("low", Priority.LOW),
        ("a", Priority.NORMAL),
        ("b", Priority.NORMAL),
        ("high", Priority.HIGH),
    ):
        queue.submit(label, lambda *_, label=label: order.append(label), priority=priority)
    assert [job.label for job in queue.list()] == ["first", "high", "a", "b", "low"]
    gate.release.set()
    assert queue.wait_idle(SOON)
    assert order == ["high", "a", "b", "low"]
    assert set(states(queue).values()) == {JobState.DONE}


def test_progress_gives_rate_and_what_is_left(queue: JobQueue) -> None:
    gate = Gate()

    def work(progress: ProgressCallback, cancel: CancelToken) -> None:
        progress(Progress(25, 100, "files", "reading"))
        gate(progress, cancel)

    queue.submit("import", work)
    assert gate.reached.wait(SOON)
    (job,) = queue.list()
    assert job.state is JobState.RUNNING
    assert (job.progress.done, job.progress.total, job.progress.unit) == (25, 100, "files")
    assert job.rate > 0
    assert job.left_s == pytest.approx(75 / job.rate)
    gate.release.set()
    assert queue.wait_idle(SOON)
    assert queue.list()[0].left_s is None


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_where_it_looks(queue: JobQueue) -> None:
    gate, ran = Gate(), []
    running = queue.submit("running", gate)
    waiting = queue.submit("waiting", lambda *_: ran.append(1))
    assert gate.reached.wait(SOON)
    queue.cancel(waiting.id)
    assert states(queue) == {"running": JobState.RUNNING, "waiting": JobState.CANCELLED}
    queue.cancel(running.id)
    assert queue.wait_idle(SOON)
    assert states(queue)["running"] is JobState.CANCELLED
    assert not ran
    queue.cancel(running.id)  # of no effect once it ended


def test_what_must_not_be_stopped_says_so(queue: JobQueue) -> None:
    gate = Gate()
    job = queue.submit("migration", gate, cancellable=False)
    assert gate.reached.wait(SOON)
    assert not job.cancellable
    with pytest.raises(InputError):
        queue.cancel(job.id)
    with pytest.raises(NotFoundError):
        queue.cancel("none")
    gate.release.set()


def test_an_error_is_shown_by_its_message_and_the_line_goes_on(queue: JobQueue) -> None:
    def fails(*_: object) -> None:
        raise TooLargeError("The file is too large.", "Split it.")

    queue.submit("bad", fails)
    queue.submit("good", lambda *_: None)
    assert queue.wait_idle(SOON)
    assert states(queue) == {"good": JobState.DONE, "bad": JobState.FAILED}
    assert next(job.error for job in queue.list() if job.label == "bad") == "The file is too large. Split it."


def test_a_fault_tells_neither_list_nor_log_what_was_read(queue: JobQueue, caplog: pytest.LogCaptureFixture) -> None:
    def fails(*_: object) -> None:
        raise ValueError("canary: allergic to peanuts")

    with caplog.at_level(logging.DEBUG):
        queue.submit("reading", fails)
        assert queue.wait_idle(SOON)
    assert "fault of the program (ValueError)" in queue.list()[0].error
    assert "ValueError" in caplog.text
    assert "test_queue.py" in caplog.text
    assert "canary" not in caplog.text + repr(queue.list())


def test_while_a_reply_runs_no_job_starts(queue: JobQueue) -> None:
    ran = threading.Event()
    with queue.while_replying():
        queue.submit("later", lambda *_: ran.set())
        assert not queue.wait_idle(0.1)
        assert not ran.is_set()
        assert states(queue) == {"later": JobState.WAITING}
    assert ran.wait(SOON)


def test_while_a_reply_runs_the_running_job_rests_at_its_next_report(queue: JobQueue) -> None:
    gate, went_on = Gate(), threading.Event()

    def work(progress: ProgressCallback, cancel: CancelToken) -> None:
        gate(progress, cancel)
        progress(Progress(1, 2))
        went_on.set()

    queue.submit("long", work)
    assert gate.reached.wait(SOON)
    with queue.while_replying(), queue.while_replying():
        gate.release.set()
        assert reaches(queue, "long", JobState.PAUSED)
        assert not went_on.is_set()
    assert went_on.wait(SOON)
    assert queue.wait_idle(SOON)


def test_a_job_that_holds_what_the_reply_needs_does_not_hold_it_up_for_good(
    queue: JobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memos_engine.scheduler.queue._LONGEST_PAUSE_S", 0.05)
    lock, gate = threading.Lock(), Gate()

    def work(progress: ProgressCallback, cancel: CancelToken) -> None:
        with lock:
            gate(progress, cancel)
            for done in range(1000):
                progress(Progress(done, 1000))

    queue.submit("holds a lock", work)
    assert gate.reached.wait(SOON)
    with queue.while_replying():
        gate.release.set()
        assert lock.acquire(timeout=SOON)
        lock.release()
    assert queue.wait_idle(SOON)


def test_a_resting_job_can_be_cancelled(queue: JobQueue) -> None:
    gate = Gate()

    def work(progress: ProgressCallback, cancel: CancelToken) -> None:
        gate(progress, cancel)
        progress(Progress(1, 2))

    job = queue.submit("long", work)
    assert gate.reached.wait(SOON)
    with queue.while_replying():
        gate.release.set()
        queue.cancel(job.id)
        assert queue.wait_idle(SOON)
    assert states(queue) == {"long": JobState.CANCELLED}


def test_closing_stops_everything_and_takes_no_more() -> None:
    queue, gate = JobQueue(), Gate()
    queue.submit("running", gate)
    queue.submit("waiting", gate)
    assert gate.reached.wait(SOON)
    queue.close()
    assert states(queue) == {"running": JobState.CANCELLED, "waiting": JobState.CANCELLED}
    with pytest.raises(CancelledError):
        queue.submit("late", gate)


def test_only_the_last_that_ended_are_kept(queue: JobQueue) -> None:
    for number in range(40):
        queue.submit(f"job {number}", lambda *_: None)
    assert queue.wait_idle(SOON)
    assert [job.label for job in queue.list()] == [f"job {number}" for number in range(39, 19, -1)]


def test_a_cancelled_job_goes_on_where_it_was_left_under_the_same_id(queue: JobQueue) -> None:
    gate, left = Gate(), [3, 2, 1]

    def work(progress: ProgressCallback, cancel: CancelToken) -> None:
        while left:
            left.pop()
            gate(progress, cancel)

    job = queue.submit("reading", work)
    assert gate.reached.wait(SOON)
    assert not queue.list()[0].resumable
    queue.cancel(job.id)
    assert queue.wait_idle(SOON)
    assert left == [3, 2]
    assert queue.list()[0].resumable
    gate.release.set()
    queue.restart(job.id)
    assert queue.wait_idle(SOON)
    assert left == []
    (ended,) = queue.list()
    assert (ended.id, ended.state, ended.resumable) == (job.id, JobState.DONE, False)
    queue.restart(job.id)
    assert queue.list() == (ended,), "what is done is not done again"
    with pytest.raises(NotFoundError):
        queue.restart("none")


def test_a_failed_job_can_go_on_and_one_that_stopped_by_itself_says_why(queue: JobQueue) -> None:
    faults: list[Exception] = [CancelledError("Remembering is paused."), TooLargeError("No room.", "")]

    def work(*_: object) -> None:
        if faults:
            raise faults.pop()

    job = queue.submit("reading", work)
    assert queue.wait_idle(SOON)
    assert (queue.list()[0].state, queue.list()[0].resumable) == (JobState.FAILED, True)
    queue.restart(job.id)
    assert queue.wait_idle(SOON)
    assert (queue.list()[0].state, queue.list()[0].error) == (JobState.CANCELLED, "Remembering is paused.")
    queue.restart(job.id)
    assert queue.wait_idle(SOON)
    assert (queue.list()[0].state, queue.list()[0].error) == (JobState.DONE, "")


def test_what_waits_already_is_not_put_in_the_line_once_more() -> None:
    queue = JobQueue()
    queue.pause()
    first = queue.submit("Reading", lambda *_: None, once=True)
    assert queue.submit("Reading", lambda *_: None, once=True).id == first.id
    assert queue.submit("Reading", lambda *_: None).id != first.id
    queue.resume()
    assert queue.wait_idle(10)
    assert queue.submit("Reading", lambda *_: None, once=True).id != first.id
    queue.close()
