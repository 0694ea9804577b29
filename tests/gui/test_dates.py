"""Times as people say them."""

import time
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QDate
from PySide6.QtWidgets import QWidget

from app.memories.filters import BetweenDialog
from app.widgets.dates import exact, friendly, group, held, source_line
from memos_engine.types import MemoryVersion, Precision, Source, State


def at(year: int, month: int = 1, day: int = 1) -> datetime:
    return datetime(year, month, day, 12).astimezone()


@pytest.mark.parametrize(
    ("start", "end", "precision", "words"),
    [
        (None, None, None, ""),
        (at(2026, 3), None, Precision.MONTH, "since March 2026"),
        (None, at(2019), Precision.YEAR, "until 2019"),
        (at(2026, 3), at(2026, 11), Precision.MONTH, "March to November 2026"),
        (at(2025, 3), at(2026, 11), Precision.MONTH, "March 2025 to November 2026"),
        (at(2026, 3, 4), at(2026, 3, 9), Precision.DAY, "4 March to 9 March 2026"),
        (at(2019), at(2023), Precision.YEAR, "2019 to 2023"),
        (at(2026, 3, 4), at(2026, 3, 20), Precision.MONTH, "March 2026"),
    ],
)
def test_the_time_that_something_held_says_its_year_once(start, end, precision, words):
    version = MemoryVersion(1, "x", State.ACTIVATED, start, end, at(2026), "chat", "remembered", precision)
    assert held(version) == words


@pytest.mark.parametrize(("file", "words"), [("a.pdf", "from a.pdf, page 3"), ("a.md", "from a.md")])
def test_only_files_with_pages_tell_the_page(file: str, words: str):
    assert source_line(Source("", 0, 1, at(2026), file=file, page=3)) == words


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Auckland"])
@pytest.mark.parametrize("when", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)])
def test_the_ends_of_the_calendar_are_told_in_every_time_zone(
    monkeypatch: pytest.MonkeyPatch, zone: str, when: datetime
):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        year = str(when.year)
        assert friendly(when).endswith(year)
        assert year in exact(when)
        assert group(when) in ("January 1", "Today")
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_last_day_of_the_calendar_sets_no_limit(qtbot):
    last = datetime(9999, 12, 31).astimezone()
    window = QWidget()
    qtbot.addWidget(window)
    dialog = BetweenDialog(window, None, last)
    dialog._until.edit.setDate(QDate(9999, 12, 31))
    assert dialog.until is None
    dialog._until.edit.setDate(QDate(2026, 3, 1))
    assert dialog.until == datetime(2026, 3, 2).astimezone()
