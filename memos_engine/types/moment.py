"""The present moment, and times that are given, left as they are, or taken away."""

from datetime import UTC, datetime
from enum import Enum


class Clear(Enum):
    """Says of a time in an edit that there shall be none, where None says that it stays as it is."""

    CLEAR = "clear"


CLEAR = Clear.CLEAR

NewTime = datetime | Clear | None
"""A time in an edit: a new one, `CLEAR`, or None for the old one."""


def local(time: datetime) -> datetime:
    """A time where the person is; at the ends of the calendar, where that is no date, as it was given."""
    try:
        return time.astimezone()
    except OverflowError:
        return time


def now() -> datetime:
    """The present, aware, in UTC, to the microsecond."""
    return datetime.now(UTC)
