"""Lessons for the reader that asks a model: its own checks take every answer."""

from datetime import UTC, datetime

from memos_engine.parametric.reading import readings
from memos_engine.reader.model_reader import ModelReader

WHEN = datetime(2026, 1, 15, 12, tzinfo=UTC)


def test_the_reader_believes_every_lesson() -> None:
    for lesson in readings(4, 800):
        reader = ModelReader(lambda question, _, lesson=lesson: lesson.answer if question == lesson.question else "")
        found = {(each.text, each.quote) for each in reader.read(lesson.message, time=WHEN)}
        assert found == {(each.note, each.quote) for each in lesson.memories}, lesson


def test_about_half_of_the_messages_hold_nothing() -> None:
    lessons = list(readings(5, 600))
    silent = sum(not lesson.memories for lesson in lessons)
    assert 0.4 < silent / len(lessons) < 0.6
    assert len({lesson.message for lesson in lessons}) > 0.75 * len(lessons)


def test_the_same_seed_makes_the_same_lessons() -> None:
    assert list(readings(6, 30)) == list(readings(6, 30))
    assert list(readings(7, 30)) != list(readings(6, 30))
