"""Dates in words, told on Friday 20 March 2026 at noon."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memos_engine.language.dates import DateRange, Direction, duration, in_words, recurs, resolve
from memos_engine.types import Precision

SAID = datetime(2026, 3, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "phrase",
    [
        "on Sundays",
        "Mondays",
        "every Tuesday",
        "every other Saturday",
        "each second Friday",
        "Tuesdays and Thursdays",
        "on weekends",
        "Monday evenings",
        "on Friday nights",
        "mornings",
        "in summers",
        "on a Friday",
        "on alternate Saturdays",
    ],
)
@pytest.mark.parametrize("direction", [None, Direction.PAST, Direction.FUTURE])
def test_what_comes_back_again_and_again_is_no_date(phrase: str, direction: Direction | None) -> None:
    assert recurs(phrase)
    assert resolve(phrase, SAID, direction) is None


@pytest.mark.parametrize("phrase", ["on Sunday", "Monday evening", "last Friday night", "this summer", "next weekend"])
def test_one_of_them_is_a_date(phrase: str) -> None:
    assert not recurs(phrase)
    assert resolve(phrase, SAID) is not None


@pytest.mark.parametrize(
    ("phrase", "start", "precision"),
    [
        ("in March", "2026-03-01", "month"),
        ("in May", "2025-05-01", "month"),
        ("last Friday", "2026-03-13", "day"),
        ("on Tuesday", "2026-03-17", "day"),
        ("next Saturday", "2026-03-28", "day"),
        ("Monday next week", "2026-03-23", "day"),
        ("next January", "2027-01-01", "month"),
        ("last March", "2025-03-01", "month"),
        ("the first week of May", "2025-05-01", "day"),
        ("in '98", "1998-01-01", "year"),
        ("at the end of the month", "2026-03-01", "month"),
        ("last Easter", "2025-04-20", "day"),
        ("next Tuesday", "2026-03-24", "day"),
        ("two weeks ago", "2026-03-06", "day"),
        ("a couple of years ago", "2024-01-01", "year"),
        ("six months ago", "2025-09-01", "month"),
        ("since 2019", "2019-01-01", "year"),
        ("yesterday", "2026-03-19", "day"),
        ("last night", "2026-03-19", "day"),
        ("tomorrow", "2026-03-21", "day"),
        ("in 3 days", "2026-03-23", "day"),
        ("on the 3rd", "2026-03-03", "day"),
        ("3 May 1990", "1990-05-03", "day"),
        ("May 3rd", "2025-05-03", "day"),
        ("June 2024", "2024-06-01", "month"),
        ("last summer", "2025-06-01", "month"),
        ("the summer of 2020", "2020-06-01", "month"),
        ("at Christmas", "2025-12-25", "day"),
        ("last weekend", "2026-03-14", "day"),
        ("next month", "2026-04-01", "month"),
        ("last year", "2025-01-01", "year"),
        ("in the 90s", "1990-01-01", "year"),
        ("from 2015 to 2019", "2015-01-01", "year"),
        ("tomorrow at 5pm", "2026-03-21T17:00", "minute"),
    ],
)
def test_phrases_resolve_against_the_time_of_the_message(phrase: str, start: str, precision: str) -> None:
    found = resolve(phrase, SAID)
    assert found is not None
    assert found.start.isoformat().startswith(start)
    assert found.precision == precision
    assert found.end > found.start


@pytest.mark.parametrize(
    ("phrase", "start"),
    [("in May", "2026-05-01"), ("on Friday", "2026-03-27"), ("on the 3rd", "2026-04-03"), ("in summer", "2026-06-01"),
     ("at Christmas", "2026-12-25"), ("3 May", "2026-05-03"), ("this weekend", "2026-03-21")],
)  # fmt: skip
def test_the_tense_turns_a_phrase_to_the_future(phrase: str, start: str) -> None:
    found = resolve(phrase, SAID, Direction.FUTURE)
    assert found is not None
    assert found.start.isoformat().startswith(start)


def test_a_range_lasts_until_the_end_of_its_second_date() -> None:
    found = resolve("from 2015 to 2019", SAID)
    assert found is not None
    assert found.end == datetime(2020, 1, 1, tzinfo=UTC)


def test_a_duration_counts_back_from_the_message() -> None:
    found = duration("for five years", SAID)
    assert found is not None
    assert (found.start.year, found.precision) == (2021, Precision.YEAR)
    assert duration("for ages", SAID) is None


@pytest.mark.parametrize(
    "phrase", ["", "peanuts", "every Friday", "34", "32 years old", "year 11", "0000", "year 0", "99999"]
)
def test_what_is_no_date_is_none(phrase: str) -> None:
    assert resolve(phrase, SAID) is None


@pytest.mark.parametrize("year", [1, 9999])
def test_the_first_and_last_year_are_no_trouble(year: int) -> None:
    base = datetime(year, 6, 15, tzinfo=UTC)
    for phrase in (
        "last year",
        "next year",
        "two weeks ago",
        "in March",
        "the 90s",
        "last summer",
        "next weekend",
        "9999",
    ):
        resolve(phrase, base)
        resolve(phrase, base, Direction.FUTURE)
        duration("for twenty years", base)


@given(st.text(max_size=60), st.datetimes(timezones=st.just(UTC)))
def test_nonsense_never_raises(phrase: str, base: datetime) -> None:
    found = resolve(phrase, base)
    assert found is None or found.start < found.end


@given(
    st.lists(
        st.sampled_from(
            [
                "in",
                "on",
                "last",
                "next",
                "the",
                "since",
                "from",
                "to",
                "3rd",
                "May",
                "2019",
                "9999",
                "0",
                "Friday",
                "weekend",
                "ago",
                "years",
                "5",
                "until",
            ]
        )
    ),
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from([None, *Direction]),
)
def test_words_of_dates_in_any_order_never_raise(words: list[str], base: datetime, direction: Direction | None) -> None:
    found = resolve(" ".join(words), base, direction)
    assert found is None or found.start < found.end


@pytest.mark.parametrize(
    ("start", "end", "precision", "words"),
    [
        ("2019-01-01", "2020-01-01", Precision.YEAR, "2019"),
        ("2026-03-01", "2026-04-01", Precision.MONTH, "March 2026"),
        ("2026-03-03", "2026-03-04", Precision.DAY, "3 March 2026"),
        ("2026-03-09", "2026-03-16", Precision.DAY, "9 to 15 March 2026"),
        ("2025-06-01", "2025-09-01", Precision.MONTH, "June to August 2025"),
        ("2015-01-01", "2020-01-01", Precision.YEAR, "2015 to 2019"),
    ],
)
def test_a_note_says_dates_in_full(start: str, end: str, precision: Precision, words: str) -> None:
    first, last = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (start, end))
    assert in_words(DateRange(first, last, precision)) == words
