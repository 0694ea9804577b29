"""The list of long work."""

from typing import TYPE_CHECKING

from memos_engine.types import JobInfo

if TYPE_CHECKING:
    from memos_engine.services.home import OpenHome


class JobService:
    """What runs and waits in the background."""

    def __init__(self, home: "OpenHome") -> None:
        self._home = home

    def list(self) -> tuple[JobInfo, ...]:
        """Running first, then waiting, then the last that ended."""
        return self._home.queue.list()

    def cancel(self, job_id: str) -> None:
        """Stop a job; nothing is half-done. Raises `NotFoundError`, and `InputError` for one that cannot be stopped."""
        self._home.queue.cancel(job_id)

    def resume(self, job_id: str) -> None:
        """Let a job that was cancelled or failed go on with what is left; it keeps its id. Raises `NotFoundError`."""
        self._home.queue.restart(job_id)

    def wait_idle(self, timeout_s: float | None = None) -> bool:
        """Wait until the queue is empty; False when the time ran out first."""
        return self._home.queue.wait_idle(timeout_s)
