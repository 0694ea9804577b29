"""JobQueue: everything that nobody waits for, one job after the other, beside the replies that somebody waits for."""

import heapq
import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from uuid import uuid4

from memos_engine.errors import CancelledError, InputError, MemosError, NotFoundError
from memos_engine.types import CancelToken, JobInfo, JobState, Progress, ProgressCallback

_log = logging.getLogger(__name__)
_KEPT = 20
_LONGEST_PAUSE_S = 5.0
_RESUMABLE = (JobState.CANCELLED, JobState.FAILED)


class Priority(IntEnum):
    """Order in the line: what the person asked for, what follows from their words, what keeps the house."""

    HIGH = 0
    NORMAL = 1
    LOW = 2


Work = Callable[[ProgressCallback, CancelToken], None]
"""A job: reports progress often (never while it holds a write), looks at the token often, leaves nothing half-done;
begun again it does what is left."""


@dataclass(order=True)
class _Job:
    priority: int
    number: int
    id: str = field(compare=False)
    label: str = field(compare=False)
    work: Work = field(compare=False)
    cancellable: bool = field(compare=False)
    cancel: CancelToken = field(default_factory=CancelToken, compare=False)
    state: JobState = field(default=JobState.WAITING, compare=False)
    progress: Progress = field(default_factory=lambda: Progress(0), compare=False)
    error: str = field(default="", compare=False)
    started: float = field(default=0.0, compare=False)
    at_rest: float = field(default=0.0, compare=False)
    """Seconds of its run spent waiting for replies."""
    ended: float = field(default=0.0, compare=False)


class JobQueue:
    """A line of jobs and the thread that works it off. Every method may be called from any thread.

    While a reply runs (`while_replying`) no job starts, and the running one rests at its next progress report: until
    the reply is done, but five seconds at most in each pause, so that a job that holds what the reply needs cannot hold
    it up for good.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[_Job] = []
        self._running: _Job | None = None
        self._ended: deque[_Job] = deque(maxlen=_KEPT)
        self._numbers = itertools.count()
        self._pauses = 0
        self._closing = False
        self._thread: threading.Thread | None = None

    def submit(
        self,
        label: str,
        work: Work,
        *,
        priority: Priority = Priority.NORMAL,
        cancellable: bool = True,
        once: bool = False,
    ) -> JobInfo:
        """Put a job in the line. `label` is what the list of long work shows: no memory text. With `once`, one of that
        label that waits already stands for it."""
        job = _Job(priority, next(self._numbers), uuid4().hex, label, work, cancellable)
        with self._changed:
            if once and (waiting := next((each for each in self._waiting if each.label == label), None)):
                return _info(waiting)
            self._enqueue(job)
            return _info(job)

    def list(self) -> tuple[JobInfo, ...]:
        """The running one, then the waiting ones in their order, then the last that ended, newest first."""
        with self._changed:
            return tuple(_info(job) for job in (*self._under_way(), *reversed(self._ended)))

    def cancel(self, job_id: str) -> None:
        """Stop a job: a waiting one at once, a running one where it next looks. One that ended is left as it is.

        Raises `NotFoundError`, and `InputError` for a job that must not be stopped.
        """
        with self._changed:
            job = self._find(job_id)
            if not job.cancellable:
                raise InputError("This work cannot be stopped half-way.", "Wait for its end.")
            if job in self._waiting:
                self._waiting.remove(job)
                heapq.heapify(self._waiting)
                self._end(job, JobState.CANCELLED)
        job.cancel.cancel()
        with self._changed:
            self._changed.notify_all()

    def restart(self, job_id: str) -> None:
        """Put a job that was cancelled or failed back in the line, at its priority. Any other is left as it is.

        Raises `NotFoundError`, and `CancelledError` while the queue closes.
        """
        with self._changed:
            job = self._find(job_id)
            if job.state not in _RESUMABLE:
                return
            self._ended.remove(job)
            self._enqueue(
                _Job(job.priority, next(self._numbers), job.id, job.label, job.work, cancellable=job.cancellable)
            )

    def is_under_way(self, job_id: str) -> bool:
        """Whether a job waits or runs; one that never was does not."""
        with self._changed:
            return any(job.id == job_id for job in self._under_way())

    def pause(self) -> None:
        """Let no job start, and the running one rest. Counts: as many `resume` end it."""
        with self._changed:
            self._pauses += 1
            self._changed.notify_all()

    def resume(self) -> None:
        """End one `pause`."""
        with self._changed:
            self._pauses = max(0, self._pauses - 1)
            self._changed.notify_all()

    @contextmanager
    def while_replying(self) -> Iterator[None]:
        """A pause for as long as the block runs."""
        self.pause()
        try:
            yield
        finally:
            self.resume()

    def wait_idle(self, timeout_s: float | None = None) -> bool:
        """Wait until nothing runs or waits; False when the time ran out first."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._running and not self._waiting, timeout_s)

    def close(self) -> None:
        """Cancel everything and wait for the end of what runs."""
        with self._changed:
            self._closing = True
            for job in self._waiting:
                self._end(job, JobState.CANCELLED)
            self._waiting.clear()
            running, thread = self._running, self._thread
            self._changed.notify_all()
        if running:
            running.cancel.cancel()
        with self._changed:
            self._changed.notify_all()
        if thread and thread is not threading.current_thread():
            thread.join()

    def _enqueue(self, job: _Job) -> None:
        if self._closing:
            raise CancelledError("The program is closing.")
        if self._thread is None:
            self._thread = threading.Thread(target=self._work_off, name="jobs", daemon=True)
            self._thread.start()
        heapq.heappush(self._waiting, job)
        self._changed.notify_all()

    def _under_way(self) -> tuple[_Job, ...]:
        """The running one, then the waiting ones in their order."""
        return (*([self._running] if self._running else []), *sorted(self._waiting))

    def _find(self, job_id: str) -> _Job:
        for job in (*self._under_way(), *self._ended):
            if job.id == job_id:
                return job
        raise NotFoundError("There is no such job.", "It ended long ago, or never was.")

    def _end(self, job: _Job, state: JobState, error: str = "") -> None:
        job.state, job.error, job.ended = state, error, time.monotonic()
        self._ended.append(job)

    def _work_off(self) -> None:
        while (job := self._next()) is not None:
            state, error = self._run(job)
            with self._changed:
                self._running = None
                self._end(job, state, error)
                self._changed.notify_all()

    def _next(self) -> _Job | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closing or (self._waiting and not self._pauses))
            if self._closing:
                return None
            job = self._running = heapq.heappop(self._waiting)
            job.state, job.started = JobState.RUNNING, time.monotonic()
            return job

    def _run(self, job: _Job) -> tuple[JobState, str]:
        try:
            job.work(lambda progress: self._report(job, progress), job.cancel)
        except CancelledError as stop:
            return JobState.CANCELLED, "" if job.cancel.cancelled else f"{stop.message} {stop.hint}".strip()
        except MemosError as error:
            return JobState.FAILED, f"{error.message} {error.hint}".strip()
        except Exception as error:  # noqa: BLE001 - a job must not end the line; the list shows that it failed
            # The exception's own words could quote a memory: its kind and place tell enough.
            trace = error.__traceback__
            while trace and trace.tb_next:
                trace = trace.tb_next
            place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
            _log.error("job “%s” failed: %s at %s", job.label, type(error).__name__, place)
            return JobState.FAILED, f"This is a fault of the program ({type(error).__name__})."
        return JobState.DONE, ""

    def _report(self, job: _Job, progress: Progress) -> None:
        with self._changed:
            job.progress = progress
            if self._pauses and job.state is JobState.RUNNING:
                self._rest(job)
            elif not self._pauses:
                job.state = JobState.RUNNING
        job.cancel.check()

    def _rest(self, job: _Job) -> None:
        began = time.monotonic()
        job.state = JobState.PAUSED
        self._changed.notify_all()
        resumed = self._changed.wait_for(lambda: not self._pauses or job.cancel.cancelled, _LONGEST_PAUSE_S)
        job.at_rest += time.monotonic() - began
        if resumed:
            job.state = JobState.RUNNING


def _info(job: _Job) -> JobInfo:
    rate, left = 0.0, None
    if job.started:
        busy = (job.ended or time.monotonic()) - job.started - job.at_rest
        if busy > 0 and job.progress.done:
            rate = job.progress.done / busy
            if job.progress.total and not job.ended:
                left = max(0.0, (job.progress.total - job.progress.done) / rate)
    return JobInfo(
        id=job.id,
        label=job.label,
        state=job.state,
        progress=job.progress,
        rate=rate,
        left_s=left,
        error=job.error,
        cancellable=job.cancellable and not job.ended,
        resumable=job.state in _RESUMABLE,
    )
