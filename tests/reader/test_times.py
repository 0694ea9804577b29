"""Which times a memory gets: a date for what happens once, none for what comes back or is so already."""

from collections.abc import Callable

import pytest

from memos_engine.types import Candidate, Kind

Read = Callable[..., list[Candidate]]


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("I play tennis on Sundays.", "Plays tennis on Sundays"),
        ("I play tennis every Tuesday.", "Plays tennis every Tuesday"),
        ("I play tennis on Tuesdays and Thursdays.", "Plays tennis on Tuesdays and Thursdays"),
        ("I work from home on Fridays.", "Works from home on Fridays"),
        ("I play football every other Saturday.", "Plays football every other Saturday"),
        ("I volunteer at the shelter on alternate Saturdays.", "Volunteers at the shelter on alternate Saturdays"),
        ("I volunteer at the shelter most Saturdays.", "Volunteers at the shelter most Saturdays"),
        ("I have yoga on Monday evenings.", "Has yoga on Monday evenings"),
        ("I go swimming on weekends.", "Goes swimming on weekends"),
        ("I play golf at the weekend.", "Plays golf at the weekend"),
        ("I usually play tennis on Sunday.", "Usually plays tennis on Sunday"),
        ("I play tennis on Sunday.", "Plays tennis on Sunday"),
        ("I go to Spain every summer.", "Goes to Spain every summer"),
        ("I work mornings.", "Works mornings"),
        ("My sister teaches piano on Wednesdays.", "Sister teaches piano on Wednesdays"),
        ("I'm vegetarian except for fish on Fridays.", "Vegetarian except for fish on Fridays"),
        ("I'm taking a cooking class on Fridays.", "Taking a cooking class on Fridays"),
        ("I used to play tennis on Sundays.", "Used to play tennis on Sundays"),
        ("I get migraines in the autumn.", "Gets migraines in the autumn"),
        ("I have hay fever in spring.", "Has hay fever in spring"),
        ("I still have my first car, a '72 Beetle.", "Has first car, a '72 Beetle"),
        ("My neighbour Tom plays the drums at 2am.", "Neighbour Tom plays the drums at 2am"),
        ("My sister Keisha's pregnant with twins, due end of july.", "Sister Keisha is pregnant with twins"),
    ],
)
def test_a_habit_or_a_state_of_now_has_no_date(read: Read, text: str, note: str) -> None:
    found = next(each for each in read(text) if each.text.startswith(note))
    assert (found.valid_from, found.valid_to, found.valid_precision) == (None, None, None)
    assert "2026" not in found.text
    assert found.kind is not Kind.EVENT


@pytest.mark.parametrize(
    ("text", "note", "day"),
    [
        ("I fly to Rome on Sunday.", "Flies to Rome, 22 March 2026", "2026-03-22"),
        ("I have a dentist appointment on Monday.", "Has a dentist appointment, 23 March 2026", "2026-03-23"),
        ("I work from home tomorrow.", "Works from home, 21 March 2026", "2026-03-21"),
        ("I have Friday off.", "Has Friday off, 27 March 2026", "2026-03-27"),
        ("My passport expires in August.", "Passport expires, August 2026", "2026-08-01"),
    ],
)
def test_what_happens_once_has_its_date(read: Read, text: str, note: str, day: str) -> None:
    (found,) = read(text)
    assert (found.text, found.kind) == (note, Kind.EVENT)
    assert found.valid_from is not None
    assert found.valid_from.date().isoformat() == day


def test_a_habit_keeps_since_when_it_is(read: Read) -> None:
    (found,) = read("I've played tennis on Sundays since 2019.")
    assert found.text == "Has played tennis on Sundays since 2019"
    assert found.valid_from is not None
    assert found.valid_from.year == 2019


def test_a_wish_is_of_now_whenever_it_is_to_come_true(read: Read) -> None:
    (found,) = read("I want to learn to sail this summer.")
    assert found.text == "Wants to learn to sail, June to August 2026"
    assert found.valid_from is None


def test_a_state_from_a_date_on_begins_with_it(read: Read) -> None:
    (found,) = read("As of next month I'm self-employed.")
    assert found.text == "Self-employed since April 2026"
    assert found.valid_from is not None
    assert found.valid_from.month == 4
