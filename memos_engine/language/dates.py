"""Dates in English words, resolved against the time of the message that says them.

dateparser reads the calendar phrases; seasons, named days, decades, weekends and ranges, which it does not know, are
counted here. All results are aware UTC datetimes.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from dateutil.easter import easter  # type: ignore[import-untyped]
from dateutil.relativedelta import relativedelta  # type: ignore[import-untyped]

from memos_engine.types import Precision


class Direction(StrEnum):
    """Which side of the message's time a phrase without a year lies on: the tense of its verb tells."""

    PAST = "past"
    FUTURE = "future"


@dataclass(frozen=True)
class DateRange:
    """A stretch of time `[start, end)` and how exactly it was said ("March 2026" is a month, given as its first)."""

    start: datetime
    end: datetime
    precision: Precision


_LEADING = re.compile(
    r"^(?:(?:ever since|since|until|till|by|in|on|at|during|for|from|around|about|approximately|early|late|mid|back|"
    r"sometime|the|this past|this coming|just|exactly|only|almost|nearly|some ?time|right|starting|begin+ing|end|start|"
    r"middle|of|over|throughout|before|after|already)\b[\s-]*)+",
    re.IGNORECASE,
)
_COUNTS = (
    (re.compile(r"\b(?:a )?couple(?: of)?\b", re.I), "2"),
    (re.compile(r"\b(?:a )?few\b", re.I), "3"),
    (re.compile(r"\bhalf a year\b", re.I), "6 months"),
    (re.compile(r"\b(?:a |one )?fortnight\b", re.I), "2 weeks"),
    (re.compile(r"\b(?:a )?decade\b", re.I), "10 years"),
)
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_NAMED_DAYS = {
    "christmas eve": (12, 24),
    "christmas day": (12, 25),
    "christmas": (12, 25),
    "xmas": (12, 25),
    "boxing day": (12, 26),
    "new year's eve": (12, 31),
    "new years eve": (12, 31),
    "new year's day": (1, 1),
    "new year's": (1, 1),
    "new years": (1, 1),
    "new year": (1, 1),
    "valentine's day": (2, 14),
    "valentines day": (2, 14),
    "valentine's": (2, 14),
    "halloween": (10, 31),
}
_SIDE = r"(?:(?P<side>last|past|previous|next|coming|this|upcoming)\s+)?"
_YEAR = r"(?:\s*(?:of\s+|,\s*)?(?P<year>[12]\d{3}))?"
_SEASON = re.compile(rf"^{_SIDE}(?P<season>{'|'.join(_SEASONS)}){_YEAR}$", re.I)
_NAMED = re.compile(rf"^{_SIDE}(?P<name>{'|'.join(sorted(_NAMED_DAYS, key=len, reverse=True))}){_YEAR}$", re.I)
_UNIT = re.compile(
    r"^(?P<side>last|past|previous|next|coming|this|upcoming)\s+(?P<unit>weekend|week|month|year)$", re.I
)
_DECADE = re.compile(r"^(?:(?P<century>1[89]|20))?(?P<decade>\d0)'?s$", re.I)
_ORDINAL = re.compile(r"^(?P<day>[0-3]?\d)(?:st|nd|rd|th)$", re.I)
_BETWEEN = re.compile(r"^(?:from|between)\s+(?P<one>.+?)\s+(?:to|until|till|and|-|–)\s+(?P<two>.+)$", re.I)
_DASH = re.compile(r"^(?P<one>[12]\d{3})\s*(?:-|–|to)\s*(?P<two>[12]\d{3})$", re.I)
_YEAR_ONLY = re.compile(r"^[12]\d{3}$")
_WEEKDAY = re.compile(
    r"^(?:(?P<side>last|next|this|coming)\s+)?(?P<day>mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)"
    r"(?:day)?(?:\s+(?P<part>morning|afternoon|evening|night))?$",
    re.I,
)
_OF_WEEK = re.compile(r"^(?P<day>[a-z]+day) (?:of )?(?P<side>next|this|last) week$", re.I)
_MONTH = re.compile(
    r"^(?P<side>last|past|next|coming|this)\s+(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?$",
    re.I,
)
_DAY_NAMES = "(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_RECURRING = re.compile(
    rf"\b(?:every|each|alternate|a {_DAY_NAMES}|{_DAY_NAMES}s|week(?:day|night|end)s|mornings|afternoons|evenings|"
    r"nights|springs|summers|autumns|winters|christmases|easters)\b",
    re.I,
)
_WEEK_OF = re.compile(r"^(?P<which>first|second|third|last) week (?:of|in) (?P<month>.+)$", re.I)
_SHORT_YEAR = re.compile(r"^'(?P<year>\d\d)$")
_EASTER = re.compile(rf"^{_SIDE}easter(?: (?:sunday|weekend))?{_YEAR}$", re.I)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TODAY = {"today": 0, "tonight": 0, "tonite": 0, "yesterday": -1, "tomorrow": 1, "tmrw": 1, "last night": -1}
_DURATION = re.compile(
    r"^(?P<count>\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty)"
    r"(?:\s+and a half)?\s+(?:whole |full |long )?(?P<unit>day|week|month|year|yr)s?(?:\s+now)?$",
    re.I,
)
_AMOUNT = r"(?:\d+|an?|one|two|three|four|five|six|a few|a couple of|half a) (?:hour|day|week|month|year)"
_NUMBERS = {
    word: number
    for number, words in enumerate(
        ["-", "a|an|one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
    for word in words.split("|")
} | {"fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40}


def resolve(phrase: str, base: datetime, direction: Direction | None = None) -> DateRange | None:
    """The time that `phrase` ("in March", "two weeks ago", "from 2015 to 2019") means when said at `base`.

    `direction` decides phrases that could be either side ("in March"): None takes the past, as most told things are.
    None for what is no date, comes back again and again ("on Sundays"), or lies outside the years 1–9999. Never raises
    for any text.
    """
    text = " ".join(phrase.split()).strip(" .,;:!?()")
    if not text or len(text) > 80 or recurs(text):
        return None
    base = base.astimezone(UTC)
    try:
        return _resolve(text, base, direction or Direction.PAST)
    except (ValueError, OverflowError):
        return None


def recurs(phrase: str) -> bool:
    """Whether `phrase` names times that come back again and again ("on Sundays", "every other Friday"): no date."""
    return _RECURRING.search(phrase) is not None


def duration(phrase: str, base: datetime) -> DateRange | None:
    """The start of a stretch that lasts until `base` ("for five years"): its unit is the precision; None for others."""
    text = _counted(" ".join(phrase.split()))
    text = re.sub(r"^(?:for|over|about|almost|nearly|around|the past|the last|past|last|more than|over)\s+", "", text)
    text = re.sub(r"^(?:for|over|about|almost|nearly|around|the past|the last|past|last|more than|over)\s+", "", text)
    found = _DURATION.match(text)
    if found is None:
        return None
    count = int(found["count"]) if found["count"].isdigit() else _NUMBERS[found["count"].lower()]
    unit = "year" if found["unit"].lower() == "yr" else found["unit"].lower()
    base = base.astimezone(UTC)
    try:
        start = base - relativedelta(**{f"{unit}s": count})
    except (ValueError, OverflowError):
        return None
    precision = {"day": Precision.DAY, "week": Precision.DAY, "month": Precision.MONTH}.get(unit, Precision.YEAR)
    return _spanning(start, precision)


def _resolve(text: str, base: datetime, direction: Direction) -> DateRange | None:
    both = _BETWEEN.match(text) or _DASH.match(text)
    if both:
        two = _resolve(both["two"], base, direction)
        one = _resolve(both["one"], base, direction)
        if one and two and one.start > two.start:
            one = _resolve(both["one"], two.start, Direction.PAST)
        return DateRange(one.start, two.end, one.precision) if one and two and one.start <= two.start else None
    if re.match(rf"^in {_AMOUNT}", text, re.I):
        return _parsed(_counted(text), base, Direction.FUTURE)
    text = re.sub(
        r"^(?:by |at |till |until )*(?:the )?(?:end|start|beginning|middle) of the (?=week|month|year)", "this ", text
    )
    text = _counted(_LEADING.sub("", text)).strip()
    for rule in (_year, _relative_day, _weekday, _unit, _week_of, _month, _ordinal, _season, _named, _easter, _decade):
        found = rule(text, base, direction)
        if found:
            return found
    return _parsed(text, base, direction)


def _counted(text: str) -> str:
    for pattern, number in _COUNTS:
        text = pattern.sub(number, text)
    return text


def _day(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _spanning(start: datetime, precision: Precision) -> DateRange | None:
    if precision is Precision.MINUTE:
        start = start.replace(second=0, microsecond=0)
        return DateRange(start, start + timedelta(minutes=1), precision)
    start = _day(start)
    if precision is Precision.YEAR:
        start = start.replace(month=1, day=1)
    elif precision is Precision.MONTH:
        start = start.replace(day=1)
    step = {Precision.YEAR: relativedelta(years=1), Precision.MONTH: relativedelta(months=1)}
    return DateRange(start, start + step.get(precision, relativedelta(days=1)), precision)


def _year(text: str, base: datetime, _: Direction) -> DateRange | None:
    short = _SHORT_YEAR.match(text)
    if short:
        latest = base.year + 10
        text = str(latest - (latest - int(short["year"])) % 100)
    return _spanning(base.replace(year=int(text), month=1, day=1), Precision.YEAR) if _YEAR_ONLY.match(text) else None


def _relative_day(text: str, base: datetime, _: Direction) -> DateRange | None:
    word = (
        re.sub(r"\s+(?:morning|afternoon|evening|night)$", "", text.lower()) if text.lower() != "last night" else text
    )
    offset = _TODAY.get(word.lower())
    if offset is None and re.match(r"^(?:this )?(?:morning|afternoon|evening)$", text, re.I):
        offset = 0
    return None if offset is None else _spanning(base + timedelta(days=offset), Precision.DAY)


def _weekday(text: str, base: datetime, direction: Direction) -> DateRange | None:
    of_week = _OF_WEEK.match(text)
    if of_week and of_week["day"][:3].lower() in _DAYS:
        weeks = {"last": -1, "this": 0, "next": 1}[of_week["side"].lower()]
        monday = base - timedelta(days=base.weekday())
        return _spanning(monday + timedelta(weeks=weeks, days=_DAYS.index(of_week["day"][:3].lower())), Precision.DAY)
    found = _WEEKDAY.match(text)
    if not found:
        return None
    wanted = _DAYS.index(found["day"][:3].lower())
    side = (found["side"] or "").lower()
    if side == "next":
        return _spanning(base + timedelta(days=7 - base.weekday() + wanted), Precision.DAY)
    ahead = side in ("next", "coming") or (side != "last" and direction is Direction.FUTURE)
    step = (wanted - base.weekday()) % 7 if ahead else -((base.weekday() - wanted) % 7)
    if step == 0 and side != "this":
        step = 7 if ahead else -7
    return _spanning(base + timedelta(days=step), Precision.DAY)


def _unit(text: str, base: datetime, direction: Direction) -> DateRange | None:
    found = _UNIT.match(text) or re.match(r"^(?P<side>)(?P<unit>weekend)$", text, re.I)
    if not found:
        return None
    side, unit = found["side"].lower(), found["unit"].lower()
    step = {"last": -1, "past": -1, "previous": -1, "this": 0, "": 0}.get(side, 1)
    if unit in ("week", "weekend"):
        monday = _day(base) - timedelta(days=base.weekday())
        if unit == "week":
            start = monday + timedelta(weeks=step)
            return DateRange(start, start + timedelta(weeks=1), Precision.DAY)
        saturday = monday + timedelta(days=5, weeks=step)
        if step == 0 and direction is Direction.PAST and saturday > base:
            saturday -= timedelta(weeks=1)
        return DateRange(saturday, saturday + timedelta(days=2), Precision.DAY)
    if unit == "month":
        return _spanning(base.replace(day=1) + relativedelta(months=step), Precision.MONTH)
    return _spanning(base.replace(day=1) + relativedelta(years=step), Precision.YEAR)


def _month(text: str, base: datetime, _: Direction) -> DateRange | None:
    """ "Next January", "last March", "this May"."""
    found = _MONTH.match(text)
    if not found:
        return None
    month = [name[:3].lower() for name in _MONTHS].index(found["month"].lower()) + 1
    side = found["side"].lower()
    later = side in ("next", "coming") and month <= base.month
    earlier = side in ("last", "past") and month >= base.month
    return _spanning(base.replace(day=1, month=month, year=base.year + later - earlier), Precision.MONTH)


def _week_of(text: str, base: datetime, direction: Direction) -> DateRange | None:
    """ "First week of May": seven days from its first, eighth … day, or its last seven."""
    found = _WEEK_OF.match(text)
    month = _resolve(found["month"], base, direction) if found else None
    if found is None or month is None or month.precision is not Precision.MONTH:
        return None
    which = found["which"].lower()
    week = timedelta(weeks=1)
    start = month.end - week if which == "last" else month.start + week * ("first", "second", "third").index(which)
    return DateRange(start, start + week, Precision.DAY)


def _easter(text: str, base: datetime, direction: Direction) -> DateRange | None:
    found = _EASTER.match(text)
    if not found:
        return None
    this_year = easter(base.year)
    year = _which_year(found, base, this_year.month, this_year.day, direction)
    sunday = easter(year)
    return _spanning(base.replace(day=1, year=year, month=sunday.month) + timedelta(days=sunday.day - 1), Precision.DAY)


def _ordinal(text: str, base: datetime, direction: Direction) -> DateRange | None:
    found = _ORDINAL.match(text)
    if not found:
        return None
    for step in range(13):
        month = base.replace(day=1) + relativedelta(months=step if direction is Direction.FUTURE else -step)
        try:
            day = month.replace(day=int(found["day"]))
        except ValueError:
            continue
        if day.date() >= base.date() if direction is Direction.FUTURE else day.date() <= base.date():
            return _spanning(day, Precision.DAY)
    return None


def _season(text: str, base: datetime, direction: Direction) -> DateRange | None:
    found = _SEASON.match(text)
    if not found:
        return None
    month = _SEASONS[found["season"].lower()]
    start = _spanning(
        base.replace(day=1, month=month, year=_which_year(found, base, month, 1, direction)), Precision.MONTH
    )
    return DateRange(start.start, start.start + relativedelta(months=3), Precision.MONTH) if start else None


def _named(text: str, base: datetime, direction: Direction) -> DateRange | None:
    found = _NAMED.match(text)
    if not found:
        return None
    month, day = _NAMED_DAYS[found["name"].lower()]
    year = _which_year(found, base, month, day, direction)
    return _spanning(base.replace(day=1, year=year, month=month) + timedelta(days=day - 1), Precision.DAY)


def _which_year(found: re.Match[str], base: datetime, month: int, day: int, direction: Direction) -> int:
    if found["year"]:
        return int(found["year"])
    side = (found["side"] or "").lower()
    if side == "this":
        return base.year
    passed = (base.month, base.day) >= (month, day)
    if side in ("next", "coming", "upcoming") or (not side and direction is Direction.FUTURE):
        return base.year + 1 if passed else base.year
    return base.year if passed else base.year - 1


def _decade(text: str, base: datetime, _: Direction) -> DateRange | None:
    found = _DECADE.match(text)
    if not found:
        return None
    century = int(found["century"]) if found["century"] else (19 if int(found["decade"]) > base.year % 100 else 20)
    start = datetime(century * 100 + int(found["decade"]), 1, 1, tzinfo=UTC)
    return DateRange(start, start + relativedelta(years=10), Precision.YEAR)


@cache
def _date_parser() -> Any:
    from dateparser.date import DateDataParser

    return DateDataParser


def _parsed(text: str, base: datetime, direction: Direction) -> DateRange | None:
    settings = {
        "RELATIVE_BASE": base.replace(tzinfo=None),
        "PREFER_DATES_FROM": direction.value,
        "RETURN_TIME_AS_PERIOD": True,
    }
    if not re.search(r"\d|[a-z]{3}", text, re.I) or re.fullmatch(
        r"\d{1,3}(?:\.\d+)?|\d{5,}|(?:year|grade|level) \d{1,2}", text, re.I
    ):
        return None
    data = _date_parser()(languages=["en"], settings=settings).get_date_data(text)
    moment: datetime | None = data.date_obj
    if moment is None:
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    if data.period == "month" and _bare_month(text) and moment > base and direction is Direction.PAST:
        moment -= relativedelta(years=1)
    elif (
        data.period == "month" and _bare_month(text) and direction is Direction.FUTURE and moment < base.replace(day=1)
    ):
        moment += relativedelta(years=1)
    precision = {"year": Precision.YEAR, "month": Precision.MONTH, "time": Precision.MINUTE}.get(
        data.period, Precision.DAY
    )
    relative = re.search(r"\b(day|week|month|year|yr|hour|minute)s?\b", text, re.I)
    if relative and precision is Precision.DAY:
        unit = relative[1].lower()
        precision = {"month": Precision.MONTH, "year": Precision.YEAR, "yr": Precision.YEAR}.get(unit, Precision.DAY)
    return _spanning(moment, precision)


def _bare_month(text: str) -> bool:
    return re.fullmatch(r"[a-z]{3,9}\.?", text, re.I) is not None


_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def in_words(when: DateRange) -> str:
    """A time as a note says it: "2019", "March 2026", "3 March 2026", "3 March 2026 14:05" (UTC), "2015 to 2019"."""
    first = _point(when.start, when.precision)
    steps = {Precision.YEAR: 366, Precision.MONTH: 31, Precision.DAY: 1, Precision.MINUTE: 1}
    if when.end - when.start <= timedelta(days=steps[when.precision]):
        return first
    last = when.end - timedelta(seconds=1)
    second = _point(last, when.precision)
    if when.precision is Precision.MONTH and when.start.year == last.year:
        return f"{_MONTHS[when.start.month - 1]} to {second}"
    if when.precision is Precision.DAY and (when.start.year, when.start.month) == (last.year, last.month):
        return f"{when.start.day} to {second}"
    return f"{first} to {second}"


def _point(moment: datetime, precision: Precision) -> str:
    if precision is Precision.YEAR:
        return f"{moment.year}"
    month = f"{_MONTHS[moment.month - 1]} {moment.year}"
    if precision is Precision.MONTH:
        return month
    day = f"{moment.day} {month}"
    return day if precision is Precision.DAY else f"{day} {moment:%H:%M}"
