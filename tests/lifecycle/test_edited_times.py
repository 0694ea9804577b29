"""What becomes of the time of a memory when the person edits its words."""

import pytest

from memos_engine.types import Precision

from .conftest import Desk, day, said


@pytest.mark.parametrize(
    ("text", "told", "expected"),
    [
        ("Plays tennis on Sundays", None, None),
        ("Plays table tennis, 29 November 2026", "2026-11-29", "2026-11-29"),
        ("Plays tennis, 6 December 2026", "2026-12-06", "2026-12-06"),
        ("Plays tennis since last May", "2025-05-01", "2025-05-01"),
    ],
)
def test_edited_words_take_their_date_along(desk: Desk, text: str, told: str | None, expected: str | None) -> None:
    words = "I play tennis on Sunday"
    time = {"valid_from": day("2026-11-29"), "valid_precision": Precision.DAY}
    desk.tell(words, day("2026-11-27"), said(words, "Plays tennis, 29 November 2026", **time))
    anew = said(text, text, **({"valid_from": day(told), "valid_precision": Precision.DAY} if told else {}))
    desk.lifecycle.edit(desk.by_text("Plays tennis, 29 November 2026").id, text, candidate=anew)
    edited = desk.by_text(text)
    assert edited.valid_from == (day(expected) if expected else None)
    assert edited.valid_precision == (Precision.DAY if expected else None)


def test_a_date_that_was_never_in_the_words_stays_when_they_are_edited(desk: Desk) -> None:
    words = "I moved to Rome yesterday"
    time = {"valid_from": day("2024-03-01"), "valid_precision": Precision.DAY}
    desk.tell(words, day("2024-03-02"), said(words, "Movd to Rome yesterday", **time))
    memory = desk.by_text("Movd to Rome yesterday")
    anew = said(words, "Moved to Rome yesterday", valid_from=day("2026-11-26"), valid_precision=Precision.DAY)
    desk.lifecycle.edit(memory.id, "Moved to Rome yesterday", candidate=anew)
    assert desk.by_text("Moved to Rome yesterday").valid_from == day("2024-03-01")
