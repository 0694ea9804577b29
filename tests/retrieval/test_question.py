"""What a query is taken to ask for."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memos_engine.cube.columns import microseconds
from memos_engine.retrieval.question import Day, Question

ASKED = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("What did I say about the harbour?", ("say", "harbour")),
        ("Who are you?", ("who", "are", "you")),
        ("harbour harbour HARBOUR", ("harbour",)),
        ("", ()),
    ],
)
def test_function_words_are_dropped_unless_there_is_nothing_else(query: str, words: tuple[str, ...]) -> None:
    assert Question.read(query, ASKED).words == words


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("on 31 July, 2023", (Day(2023, 7, 31),)),
        ("in August 2023", (Day(2023, 8, None),)),
        ("on May 3rd", (Day(None, 5, 3),)),
        ("the 3rd of May 2021", (Day(2021, 5, 3),)),
        ("2024-02-29 and 2024-03", (Day(2024, 2, 29), Day(2024, 3, None))),
        ("what happened in 2019?", (Day(2019, None, None),)),
        ("in March", (Day(None, 3, None),)),
        ("May I march in?", ()),
        ("no date at all, 12345", ()),
        ("between 11 August and 15 August 2023", (Day(None, 8, 11), Day(2023, 8, 15))),
    ],
)
def test_dates_are_read_as_far_as_they_are_named(query: str, days: tuple[Day, ...]) -> None:
    assert Question.read(query, ASKED).days == days


def test_days_are_counted_to_the_nearest_named_date_and_those_before_it_double() -> None:
    times = np.array([microseconds(datetime(2024, 4, day, 12, tzinfo=UTC)) for day in (9, 10, 13)])
    gaps = Question.read("on 10 April", ASKED).gaps(times)
    assert gaps is not None
    assert gaps.tolist() == pytest.approx([1.0, 0.0, 2.5])


def test_without_a_date_there_are_no_gaps() -> None:
    assert Question.read("the harbour", ASKED).gaps(np.array([0])) is None


def test_a_date_that_the_calendar_has_not_is_near_to_nothing() -> None:
    gaps = Question.read("on 31 February 2024", ASKED).gaps(np.array([microseconds(datetime(2024, 2, 28, tzinfo=UTC))]))
    assert gaps is not None
    assert np.isinf(gaps).all()


def test_people_are_named_by_name_by_relation_and_by_i() -> None:
    subjects = ["me", "Ana", "my sister", "Jean Dupont", "Bram", ""]
    named = Question.read("What do I give Ana, her sister and jean?", ASKED).names(subjects)
    assert named.tolist() == [True, True, True, True, False, False]


@given(st.text(max_size=300), st.lists(st.integers(-(2**55), 2**57), max_size=5))
def test_any_text_is_read_and_any_time_is_compared(text: str, times: list[int]) -> None:
    question = Question.read(text, ASKED)
    gaps = question.gaps(np.array(times, dtype=np.int64))
    assert gaps is None or (gaps >= 0).all()
    assert question.names([text, "me"]).shape == (2,)


@pytest.mark.parametrize(
    ("query", "day"),
    [("What did I eat yesterday?", 23), ("What did I do last week?", 18), ("What did I say 3 days ago?", 21)],
)
def test_a_relative_date_counts_from_when_it_is_asked(query: str, day: int) -> None:
    times = np.array([microseconds(datetime(2026, 11, n, 12, tzinfo=UTC)) for n in range(1, 25)])
    gaps = Question.read(query, ASKED).gaps(times)
    assert gaps is not None
    assert gaps[day - 1] == 0
    assert gaps[0] > 5
