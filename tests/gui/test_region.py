"""Dates, times and counts in the language that was chosen for them."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, QLocale, Qt
from PySide6.QtWidgets import QCalendarWidget

from app.settings.editors import Editor
from app.widgets import dates, region
from app.widgets.memory_editor import DateField
from memos_engine.settings import BY_NAME, Settings
from memos_engine.types import MemoryVersion, Precision, State

DAY = date(2026, 3, 3)
AFTERNOON = datetime(2026, 3, 3, 14, 5, 9).astimezone()
CHOICES = tuple(choice for choice in BY_NAME["appearance.language"].choices if choice != "system")


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    before = QLocale()
    yield
    region.use(QLocale("en_GB"))
    QLocale.setDefault(before)


def write_in(folder: Path, choice: str) -> None:
    settings = Settings(folder / "settings.toml")
    settings.set("appearance.language", choice)
    region.follow(settings)


@pytest.mark.parametrize(
    ("choice", "whole", "in_year", "month", "count"),
    [
        ("en", "Tuesday, 3 March 2026", "3 March", "March 2026", "1,234,567"),
        ("en-US", "Tuesday, March 3, 2026", "March 3", "March 2026", "1,234,567"),
        ("de", "Dienstag, 3. März 2026", "3. März", "März 2026", "1.234.567"),
        ("es", "martes, 3 de marzo de 2026", "3 de marzo", "marzo de 2026", "1.234.567"),
        ("fr", "mardi 3 mars 2026", "3 mars", "mars 2026", "1\u202f234\u202f567"),
        ("it", "martedì 3 marzo 2026", "3 marzo", "marzo 2026", "1.234.567"),
        ("nl", "dinsdag 3 maart 2026", "3 maart", "maart 2026", "1.234.567"),
        ("pl", "wtorek, 3 marca 2026", "3 marca", "marzec 2026", "1\u00a0234\u00a0567"),
        ("pt", "terça-feira, 3 de março de 2026", "3 de março", "março de 2026", "1.234.567"),
        ("sv", "tisdag 3 mars 2026", "3 mars", "mars 2026", "1\u00a0234\u00a0567"),
    ],
)
def test_each_choice_writes_as_its_language_does(
    tmp_path: Path, choice: str, whole: str, in_year: str, month: str, count: str
) -> None:
    write_in(tmp_path, choice)
    assert dates.exact(AFTERNOON).startswith(whole)
    assert dates.day(DAY, DAY) == in_year
    assert region.written(DAY, day=False) == month
    assert region.number(1_234_567) == count


def test_the_examples_are_all_choices_but_that_of_the_system() -> None:
    tried = next(mark for mark in test_each_choice_writes_as_its_language_does.pytestmark).args[1]
    assert tuple(example[0] for example in tried) == CHOICES


def test_the_hours_are_twelve_or_twenty_four(tmp_path: Path) -> None:
    write_in(tmp_path, "en-US")
    assert dates.friendly(AFTERNOON, AFTERNOON) == "2:05\u202fPM"
    assert dates.exact(AFTERNOON).endswith("2:05:09\u202fPM")
    write_in(tmp_path, "de")
    assert dates.friendly(AFTERNOON, AFTERNOON) == "14:05"


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en_US", "March 4 to March 9, 2026"),
        ("es", "4 de marzo to 9 de marzo de 2026"),
        ("ja", "2026年3月4日 to 2026年3月9日"),
    ],
)
def test_a_range_says_its_year_once_where_the_year_stands_last(locale: str, words: str) -> None:
    region.use(QLocale(locale))
    start, end = datetime(2026, 3, 4).astimezone(), datetime(2026, 3, 9).astimezone()
    version = MemoryVersion(1, "x", State.ACTIVATED, start, end, start, "chat", "remembered", Precision.DAY)
    assert dates.held(version) == words


@pytest.mark.parametrize(
    ("locale", "in_year", "month"),
    [("ja", "3月3日", "2026年3月"), ("ko", "3월 3일", "2026년 3월"), ("bg", "3 март", "март 2026")],
)
def test_languages_of_other_systems_lose_no_more_than_what_is_left_out(locale: str, in_year: str, month: str) -> None:
    region.use(QLocale(locale))
    assert region.written(DAY, year=False) == in_year
    assert region.written(DAY, day=False).startswith(month)


def test_by_default_it_is_the_systems_language_and_english_where_that_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for system, words in ((QLocale("de"), "3. März 2026"), (QLocale.c(), "3 March 2026")):
        monkeypatch.setattr(QLocale, "system", staticmethod(lambda system=system: system))
        write_in(tmp_path, "system")
        assert region.written(DAY) == words


def test_date_fields_calendars_and_numbers_begin_as_the_language_does(tmp_path: Path, qtbot) -> None:
    for choice, first, typed, number in (
        ("en-US", Qt.DayOfWeek.Sunday, "March 3, 2026", "0.30"),
        ("de", Qt.DayOfWeek.Monday, "3. März 2026", "0,30"),
    ):
        write_in(tmp_path, choice)
        field, calendar = DateField(AFTERNOON, "Since"), QCalendarWidget()
        editor = Editor(BY_NAME["chat.temperature"], lambda _value: None)
        for widget in (field, calendar, editor.widget):
            qtbot.addWidget(widget)
        editor.set(0.3)
        assert field.edit.text() == typed
        assert field.edit.calendarWidget().firstDayOfWeek() == first
        assert calendar.firstDayOfWeek() == first
        assert editor.widget.text().startswith(number[:3])
        field.edit.setDate(QDate(2026, 4, 1))
        assert field.time == datetime(2026, 4, 1).astimezone()
