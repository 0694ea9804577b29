"""The list of long work."""

from memos_engine.types import JobInfo


class JobService:
    """What runs and waits in the background."""

    def list(self) -> tuple[JobInfo, ...]:
        """Running first, then waiting, then the last that ended."""
        raise NotImplementedError

    def cancel(self, job_id: str) -> None:
        """Stop a job; nothing is half-done."""
        raise NotImplementedError

    def wait_idle(self, timeout_s: float | None = None) -> bool:
        """Wait until the queue is empty; False when the time ran out first."""
        raise NotImplementedError
