"""Which memories stand beside a question, and how they read."""

from dataclasses import replace
from datetime import UTC, datetime

from memos_engine.services.notes import chosen, note
from memos_engine.types import Kind, Memory, Origin, Recalled, Source, State

TOLD = datetime(2026, 3, 3, 14, 5, tzinfo=UTC)


def recalled(text: str, score: float, *, kind: Kind = Kind.FACT, message: str = "", pinned: bool = False) -> Recalled:
    source = Source(text, 0, len(text), TOLD, message_id=message or text, speaker="me")
    memory = Memory(
        id=text,
        cube_id="cube",
        kind=kind,
        origin=Origin.WORDS,
        state=State.ACTIVATED,
        text=text,
        subject="me",
        valid_from=None,
        valid_to=None,
        valid_precision=None,
        recorded_from=TOLD,
        recorded_to=None,
        created=TOLD,
        updated=TOLD,
        language="en",
        tags=(),
        pinned=pinned,
        frozen=False,
        priority=0,
        sensitivity=(),
        confidence=1.0,
        confirmed=False,
        slot="",
        value="",
        parent_id=None,
        superseded_by=None,
        lifespan=None,
        use_count=0,
        last_used=None,
        versions=1,
        sources=(source,),
    )
    return Recalled(memory, score)


def texts(items: tuple[Recalled, ...]) -> list[str]:
    return [item.memory.text for item in items]


def test_a_clear_answer_stands_without_what_is_far_behind() -> None:
    found = [recalled("Lives in Ghent", 0.7), recalled("Moved to Ghent", 0.3), recalled("Has a cat", 0.1)]
    assert texts(chosen(found, 6)) == ["Lives in Ghent", "Moved to Ghent"]


def test_what_held_before_a_clear_answer_stays_beside_it() -> None:
    now, before, first, other = (
        recalled(text, score) for text, score in (("C", 0.9), ("B", 0.1), ("A", 0.1), ("D", 0.1))
    )
    before = replace(before, memory=replace(before.memory, superseded_by=now.memory.id))
    first = replace(first, memory=replace(first.memory, superseded_by=before.memory.id))
    assert texts(chosen([now, first, other, before], 6)) == ["C", "A", "B"]


def test_what_is_pinned_stays() -> None:
    found = [recalled("Lives in Ghent", 0.7), recalled("Prefers short answers", 0.01, pinned=True)]
    assert texts(chosen(found, 6)) == ["Lives in Ghent", "Prefers short answers"]


def test_where_nothing_is_clear_the_best_few_stand() -> None:
    found = [recalled(f"fact {number}", 0.1 / (number + 1)) for number in range(9)]
    assert texts(chosen(found, 6)) == [f"fact {number}" for number in range(6)]
    assert chosen([], 6) == ()


def test_a_turn_that_a_memory_was_made_from_or_that_only_asks_does_not() -> None:
    found = [
        recalled("Lives in Ghent", 0.5, message="m1"),
        recalled("I moved again, to Ghent.", 0.5, kind=Kind.MESSAGE, message="m1"),
        recalled("Where is Ghent?", 0.5, kind=Kind.MESSAGE, message="m2"),
        recalled("Ghent is lovely.", 0.5, kind=Kind.MESSAGE, message="m3"),
    ]
    assert texts(chosen(found, 6)) == ["Lives in Ghent", "Ghent is lovely."]


def test_a_note_of_what_held_before_says_until_when() -> None:
    lived = recalled("Lives in Utrecht", 0.5)
    over = replace(lived, memory=replace(lived.memory, recorded_to=datetime(2026, 11, 28, 12, tzinfo=UTC)))
    assert note(over, "").text == "Lives in Utrecht (until 28 November 2026)"
    ended = replace(over, memory=replace(over.memory, valid_to=datetime(2026, 9, 1, 12, tzinfo=UTC)))
    assert note(ended, "").text == "Lives in Utrecht (until 1 September 2026)"
    assert note(lived, "").text == "Lives in Utrecht"


def test_a_note_says_when_it_was_told() -> None:
    assert note(recalled("Lives in Ghent", 0.5), "").when == "3 March 2026"
    long = recalled("word " * 500, 0.5)
    assert len(note(long, "").text) < 420


DIARY = " ".join(f"On day {day} we walked to a village and slept in a barn." for day in range(200))


def test_a_long_note_shows_the_part_that_is_nearest_to_the_question() -> None:
    long = recalled(f"{DIARY} The guide of the trip was called Rosalinde Vermeer. {DIARY}", 0.5)
    shown = note(long, "What was the guide called?").text
    assert "Rosalinde Vermeer" in shown
    assert shown.startswith("… On day")
    assert len(shown) <= 402
    assert note(long, "Anything?").text.startswith("On day 0 we walked")


def test_a_long_note_without_any_sentence_shows_the_part_too() -> None:
    long = recalled("word " * 2_000 + "guide Rosalinde " + "word " * 2_000, 0.5)
    shown = note(long, "Who was the guide?").text
    assert "Rosalinde" in shown
    assert len(shown) <= 402
