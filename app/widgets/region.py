"""How dates, times and counts are written: as the chosen language has them, else as the system does."""

import re
from datetime import date, datetime

from PySide6.QtCore import QLocale, QTime

from memos_engine.settings import Settings

_ENGLISH = QLocale("en_GB")
"""Where nothing is chosen, and the system says nothing."""
_SPOKEN = {"en": "en_GB"}
"""Qt takes a bare "en" for American."""
_PIECE = re.compile(r"'(?:[^']|'')*'|d+|M+|y+|[^'dMy]+")
_BINDS = re.compile(r"'.*'|[\s.,،、/-]*[年년]?[\s.,،、/-]*")
"""A piece of a date's pattern that goes with the field beside it."""

_locale = _ENGLISH


def follow(settings: Settings) -> None:
    """Write by the setting `appearance.language` from here on; for the start, before anything is shown."""
    chosen = settings.text("appearance.language")
    use(QLocale.system() if chosen == "system" else spoken(chosen))


def spoken(choice: str) -> QLocale:
    """The locale of a choice of `appearance.language` other than "system"."""
    return QLocale(_SPOKEN.get(choice, choice.replace("-", "_")))


def use(locale: QLocale) -> None:
    """Write as a locale does; number fields and calendars that are made from here on do so too."""
    global _locale  # one window, one way to write
    _locale = _ENGLISH if locale.language() == QLocale.Language.C else locale
    QLocale.setDefault(_locale)


def number(value: int) -> str:
    """A count with its thousands apart: "1,234"."""
    return _locale.toString(value)


def clock(time: datetime, *, seconds: bool = False) -> str:
    """The time of day, with twelve hours or with twenty-four: "14:05", "2:05 PM"."""
    pattern = _locale.timeFormat(QLocale.FormatType.ShortFormat)
    exact = pattern.replace("mm", "mm:ss") if seconds else pattern
    return _locale.toString(QTime(time.hour, time.minute, time.second), exact)


def weekday(when: date) -> str:
    """ "Tuesday"."""
    return _locale.dayName(when.isoweekday())


def month(when: date) -> str:
    """The month's name where it stands alone: "March"."""
    return _locale.standaloneMonthName(when.month)


def written(when: date, *, week: bool = False, day: bool = True, year: bool = True) -> str:
    """A date in the order of the locale: "3 March 2026", with its weekday, without its day or its year."""
    pieces = _PIECE.findall(_locale.dateFormat(QLocale.FormatType.LongFormat))
    for wanted, field in ((week, "dddd"), (day, "d"), (year, "yyyy")):
        if not wanted:
            pieces = _without(pieces, field)
    name = _locale.monthName if day else _locale.standaloneMonthName
    fields = {
        "dddd": weekday(when),
        "dd": f"{when.day:02}",
        "d": _digits(when.day),
        "MMMM": name(when.month),
        "MM": f"{when.month:02}",
        "M": _digits(when.month),
        "yyyy": _digits(when.year),
    }
    return "".join(fields.get(piece, piece.strip("'")) for piece in pieces).strip()


def date_pattern() -> str:
    """Qt's pattern of `written`, for a field that a date is typed into."""
    return "".join(_without(_PIECE.findall(_locale.dateFormat(QLocale.FormatType.LongFormat)), "dddd"))


def ends_with_year() -> bool:
    """Whether a date's year stands last, and so may be said once for two dates of a range."""
    pieces = _without(_PIECE.findall(_locale.dateFormat(QLocale.FormatType.LongFormat)), "dddd")
    return pieces[-1] == "yyyy"


def _digits(value: int) -> str:
    """A number in the locale's digits, unparted."""
    return _locale.toString(value).replace(_locale.groupSeparator(), "")


def _without(pieces: list[str], field: str) -> list[str]:
    """A pattern without one of its fields, and without what binds it to its neighbours."""
    if field not in pieces:
        return pieces
    at = pieces.index(field)
    before, after = pieces[:at], pieces[at + 1 :]
    while after and _BINDS.fullmatch(after[0]):
        after = after[1:]
    if not after:
        while before and _BINDS.fullmatch(before[-1]):
            before = before[:-1]
    return before + after
