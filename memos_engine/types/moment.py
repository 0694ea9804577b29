"""The present moment, and times that are given, left as they are, or taken away."""

from datetime import UTC, datetime
from enum import Enum


class Clear(Enum):
    """Says of a time in an edit that there shall be none, where None says that it stays as it is."""

    CLEAR = "clear"


CLEAR = Clear.CLEAR

NewTime = datetime | Clear | None
"""A time in an edit: a new one, `CLEAR`, or None for the old one."""


def now() -> datetime:
    """The present, aware, in UTC, to the microsecond."""
    return datetime.now(UTC)
