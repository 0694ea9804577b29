"""What a query asks for: its words, the people and the dates that it names."""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from memos_engine.cube.columns import microseconds
from memos_engine.cube.search_index import words
from memos_engine.language import dates

# Words of English that stand in any sentence and say nothing of what it is about. Those that tell "before" from "after"
# and "give" from "give up" are not among them.
_FUNCTION_WORDS = frozenset(
    word
    for line in """
    a an the and or but if than so as of in on at to from by for with about into
    i me my mine we us our you your he him his she her hers it its they them their this that these those there here
    am is are was were be been being do does did done have has had having
    will would shall should can could may might must
    what when where which who whom whose why how not no then too very
    s t d ll m re ve don doesn didn isn aren wasn weren won wouldn shouldn couldn hasn haven hadn
    """.splitlines()
    for word in line.split()
)
_FIRST_PERSON = frozenset(("i", "me", "my", "mine", "myself"))
_POSSESSIVES = frozenset(("my", "your", "his", "her", "their", "our", "the", "a", "an"))
_WORD = re.compile(r"[^\W_]+")

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ISO = re.compile(r"\b(?P<year>[12]\d{3})-(?P<month>0?[1-9]|1[0-2])(?:-(?P<day>0?[1-9]|[12]\d|3[01]))?\b")
_DATE = re.compile(
    rf"(?:\b(?P<before>[0-3]?\d)(?:st|nd|rd|th)?\s+(?:of\s+)?)?\b(?P<month>{_MONTH})\b\.?"
    rf"(?:\s+(?P<after>[0-3]?\d)(?:st|nd|rd|th)?\b)?(?:\s*,?\s*(?:of\s+)?(?P<year>[12]\d{{3}})\b)?",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
_AMBIGUOUS = frozenset(("may", "march", "mar", "jan", "sun", "dec"))
"""Names of months that are also something else: taken as a month only with a day, a year, or "in" before them."""

_RELATIVE = re.compile(
    r"\b(?:today|yesterday|tonight|tomorrow|last night|(?:last|past|this|next) (?:week|weekend|month|year|spring|"
    r"summer|autumn|fall|winter|(?:mon|tues|wednes|thurs|fri|satur|sun)day)|(?:\d{1,3}|an?|two|three|four|five|six) "
    r"(?:day|week|month|year)s? ago)\b",
    re.IGNORECASE,
)

_DAY_US = 86_400 * 1_000_000
_MOST_YEARS = 50
_DATED_PART = 2_000
"""Characters of a query that are looked through for dates."""


@dataclass(frozen=True)
class Day:
    """A date as far as it was named; None for what was left open."""

    year: int | None
    month: int | None
    day: int | None


@dataclass(frozen=True)
class Question:
    """A query, read."""

    text: str
    words: tuple[str, ...]
    """What it is about: its words but for function words (all of them where there are no others)."""
    days: tuple[Day, ...]
    spans: tuple[tuple[float, float], ...]
    """Start and end (microseconds since 1970) of what it names relative to when it is asked: "last week"."""
    first_person: bool
    """It speaks of "I", "me", "my"."""
    spoken: frozenset[str]
    """Its words in lower case, function words too."""

    @classmethod
    def read(cls, text: str, asked: datetime) -> "Question":
        """Read a query of any text, empty ones and 10,000 characters among them; `asked` is the time it speaks at."""
        typed = words(text)
        lower = [word.lower() for word in typed]
        telling = [word for word in lower if word not in _FUNCTION_WORDS] or lower
        spoken = frozenset(lower)
        head = text[:_DATED_PART]
        return cls(
            text,
            words=tuple(dict.fromkeys(telling)),
            days=tuple(_days(head)),
            spans=tuple(_relative(head, asked)),
            first_person=bool(spoken & _FIRST_PERSON),
            spoken=spoken,
        )

    def names(self, subjects: Sequence[str]) -> NDArray[np.bool_]:
        """Which subjects it names, bool `[len(subjects)]`: "me" by "I", "my sister" by "sister", others by name."""
        return np.array([self._names(subject) for subject in subjects], dtype=bool)

    def _names(self, subject: str) -> bool:
        if subject == "me":
            return self.first_person
        parts = [word.lower() for word in _WORD.findall(subject)]
        parts = [word for word in parts if word not in _POSSESSIVES]
        return bool(parts) and parts[0] in self.spoken

    def gaps(self, times: NDArray[np.int64]) -> NDArray[np.float64] | None:
        """Days between each time (microseconds since 1970) and the nearest date that it names; None: it names none.

        People tell of a day on that day or after it, so the days before it count double. A date without a year is
        looked for in every year of `times`.
        """
        if not (self.days or self.spans) or not len(times):
            return None
        nearest = np.full(len(times), np.inf)
        for start, end in self._spans(times):
            gap = np.maximum(np.maximum(2.0 * (start - times), times - end), 0.0) / _DAY_US
            nearest = np.minimum(nearest, gap)
        return nearest

    def _spans(self, times: NDArray[np.int64]) -> list[tuple[float, float]]:
        first, last = (1970 + int(time // (365.2425 * _DAY_US)) for time in (times.min(), times.max()))
        years = range(max(first - 1, last - _MOST_YEARS), last + 2)
        spans = list(self.spans)
        for day in self.days:
            for year in years if day.year is None else (day.year,):
                span = _span(year, day)
                if span is not None:
                    spans.append(span)
        return spans


def _days(text: str) -> list[Day]:
    found = [Day(int(m["year"]), int(m["month"]), int(m["day"]) if m["day"] else None) for m in _ISO.finditer(text)]
    rest = _ISO.sub(" ", text)
    for match in _DATE.finditer(rest):
        day = match["before"] or match["after"]
        name = match["month"].lower()
        inside = rest[: match.start("month")].rstrip().lower().endswith(("in", "since", "last", "during", "of"))
        if name in _AMBIGUOUS and not (day or match["year"] or (inside and match["month"][0].isupper())):
            continue
        found.append(Day(int(match["year"]) if match["year"] else None, _MONTHS[name], int(day) if day else None))
    if not found:
        found = [Day(int(match[0]), None, None) for match in _YEAR.finditer(rest)]
    return found


def _relative(text: str, asked: datetime) -> list[tuple[float, float]]:
    found = [dates.resolve(match[0], asked, dates.Direction.PAST) for match in _RELATIVE.finditer(text)]
    return [(float(microseconds(when.start)), float(microseconds(when.end))) for when in found if when is not None]


def _span(year: int, day: Day) -> tuple[float, float] | None:
    """Start and end of a date in microseconds since 1970; None for one that the calendar has not."""
    try:
        start = datetime(year, day.month or 1, day.day or 1, tzinfo=UTC)
    except ValueError:
        return None
    if day.day:
        length = 1
    elif day.month:
        length = calendar.monthrange(year, day.month)[1]
    else:
        length = 366 if calendar.isleap(year) else 365
    begin = float(microseconds(start))
    return begin, begin + length * _DAY_US
