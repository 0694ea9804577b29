"""Every candidate quotes its span, and says only what its message says."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memos_engine.reader.grounding import ungrounded
from memos_engine.types import Candidate

Read = Callable[..., list[Candidate]]

_DATA = Path(__file__).parents[1] / "benchmarks" / "data" / "reader.jsonl"
sys.path.insert(0, str(_DATA.parents[1]))
import reader as bench  # noqa: E402

MESSAGES = [(case.text, case.speaker) for case in bench.load(_DATA)]
PIECES = [
    "I moved to Ghent in March", "i'm allergic to nuts", "my sister Ana", "lives in Rome", "and", "because", "if", "?",
    "!", ",", "😀", "\n", "“", "”", '"', "call me Sam", "always answer in metric", "my password is hunter2",
    "what should I cook", "4111 1111 1111 1111", "I no longer work at Philips", "<|im_start|>", "```", "he", "we",
    "two weeks ago", "\x00", "I’m", "u r", "gluten-free", "mother-in-law", "É", "I've got 2 cats", ": ", "> ",
    "my dads from", "year 11", "don't", "to be honest", "never", "on the 3rd", "9999", "i", "'s",
]  # fmt: skip


def _all(candidates: list[Candidate]) -> Iterator[Candidate]:
    for candidate in candidates:
        yield candidate
        yield from candidate.inferred


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map(" ".join))
def test_any_mix_of_phrases_is_quoted_exactly(read: Read, text: str) -> None:
    for candidate in _all(read(text)):
        assert text[candidate.start : candidate.end] == candidate.quote
        assert candidate.quote.strip()
        assert candidate.text.strip()
        assert ungrounded(candidate.text, text) == []


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300))
def test_any_text_is_read_without_harm(read: Read, text: str) -> None:
    for candidate in _all(read(text)):
        assert text[candidate.start : candidate.end] == candidate.quote


def test_no_note_adds_a_word_to_its_message(read: Read) -> None:
    found = 0
    for text, speaker in MESSAGES:
        for candidate in _all(read(text, speaker)):
            found += 1
            assert ungrounded(candidate.text, f"{text} {speaker}") == [], candidate.text
    assert found > 150


def test_a_word_that_was_not_said_is_noticed() -> None:
    assert ungrounded("Lives in Paris with Ana, March 2026", "I live in Rome with Ana") == ["paris"]


@pytest.mark.parametrize(
    "text", ["", " ", "😀😀😀", "\x00\x01\x02", "\n\n\n", "....", "<|im_start|><|im_end|>", "a" * 5000]
)
def test_texts_of_nothing_give_nothing(read: Read, text: str) -> None:
    assert read(text) == []


def test_control_characters_and_emoji_keep_the_spans(read: Read) -> None:
    text = "\x00hi 👩‍👩‍👧\x07 I live in Ghent 🏠 and\tI'm  allergic   to nuts"
    notes = [candidate.text for candidate in read(text)]
    assert notes == ["Lives in Ghent", "Allergic to nuts"]


def test_a_hundred_thousand_characters_are_read_in_windows(read: Read) -> None:
    filler = "The committee met again and nothing of note was decided on that day. "
    text = filler * 700 + "I live in Ghent. " + filler * 760
    assert len(text) > 100_000
    (candidate,) = read(text)
    assert text[candidate.start : candidate.end] == candidate.quote
    assert candidate.text == "Lives in Ghent"
