"""Dates as people say them; the exact time is for the hover."""

from datetime import date, datetime

from app.widgets import region
from memos_engine.types import Kind, Memory, MemoryVersion, Precision, Source, local

PAGED = (".pdf",)
"""Endings of files that have pages: of the others the whole is one, and its number says nothing."""


def friendly(time: datetime, now: datetime | None = None) -> str:
    """ "14:05", "yesterday, 14:05", "Tuesday, 14:05", "3 March", "3 March 2024" in local time."""
    here = local(time)
    today = (now or datetime.now().astimezone()).astimezone()
    days = (today.date() - here.date()).days
    clock = region.clock(here)
    if days == 0:
        return clock
    if days == 1:
        return f"yesterday, {clock}"
    if 1 < days < 7:
        return f"{region.weekday(here)}, {clock}"
    return day(here.date(), today.date())


def day(when: date, today: date | None = None) -> str:
    """ "3 March", with the year unless it is this year."""
    this_year = (today or datetime.now().astimezone().date()).year
    return region.written(when, year=when.year != this_year)


def exact(time: datetime) -> str:
    """ "Tuesday, 3 March 2026, 14:05:09" in local time."""
    here = local(time)
    return f"{region.written(here, week=True)}, {region.clock(here, seconds=True)}"


def age(time: datetime, now: datetime | None = None) -> str:
    """ "now", "5 min", "3 h", "2 d", "6 wk", "3 mo", "2 y": for a narrow column."""
    seconds = ((now or datetime.now().astimezone()) - time).total_seconds()
    for length, unit in (
        (31_557_600, "y"),
        (2_629_800, "mo"),
        (604_800, "wk"),
        (86_400, "d"),
        (3_600, "h"),
        (60, "min"),
    ):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return "now"


def group(time: datetime, now: datetime | None = None) -> str:
    """The heading under which a list puts it: Today, Yesterday, Last 7 days, Last 30 days, or month and year."""
    here = local(time)
    today = (now or datetime.now().astimezone()).astimezone().date()
    days = (today - here.date()).days
    for limit, title in ((1, "Today"), (2, "Yesterday"), (8, "Last 7 days"), (31, "Last 30 days")):
        if days < limit:
            return title
    return region.month(here) if here.year == today.year else region.written(here, day=False)


def valid_time(memory: Memory) -> str:
    """When the memory is true in the world: "since March 2026", "2019 to 2023", or ""; of an event "March 2026"."""
    if memory.kind is Kind.EVENT and memory.valid_to is None:
        return _at(memory.valid_from, memory.valid_precision)
    return held(memory)


def held(what: Memory | MemoryVersion) -> str:
    """From when to when it is true: "since March 2026", "until 2019", "March to November 2026", or ""."""
    start, end = what.valid_from, what.valid_to
    if start is None and end is None:
        return ""
    if start is None:
        return f"until {_at(end, what.valid_precision)}"
    if end is None:
        return f"since {_at(start, what.valid_precision)}"
    first, last = _at(start, what.valid_precision), _at(end, what.valid_precision)
    if first == last:
        return first
    if local(start).year == local(end).year and region.ends_with_year():
        first = _at(start, what.valid_precision, year=False)
    return f"{first} to {last}"


def _at(time: datetime | None, precision: Precision | None, *, year: bool = True) -> str:
    if time is None:
        return ""
    here = local(time)
    if precision is Precision.YEAR:
        return f"{here.year}"
    if precision is Precision.MONTH:
        return region.written(here, day=False, year=year)
    text = region.written(here, year=year)
    return f"{text}, {region.clock(here)}" if precision is Precision.MINUTE else text


def source_line(source: Source) -> str:
    """ "from your message of 3 March, 14:05, in “Moving”"; of a file "from notes.pdf, page 3"."""
    if source.file:
        paged = source.page and source.file.lower().endswith(PAGED)
        return f"from {source.file}" + (f", page {source.page}" if paged else "")
    here = local(source.time)
    whose = "your message" if source.speaker in {"", "me"} else f"{source.speaker}’s message"
    place = f", in “{source.conversation_title}”" if source.conversation_title else ""
    if not source.message_id:
        return f"from {whose} of {day(here.date())}, {region.clock(here)}, no longer kept"
    return f"from {whose} of {day(here.date())}, {region.clock(here)}{place}"
