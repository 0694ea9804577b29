"""What two memories' words tell about each other."""

import pytest

from memos_engine.lifecycle.slots import stored_slot
from memos_engine.lifecycle.wording import content_words, entails, opposite, spans_of_words


@pytest.mark.parametrize(
    ("full", "part"),
    [
        ("Allergic to peanuts and shellfish", "Allergic to peanuts"),
        ("Is allergic to the peanuts.", "Allergic to peanuts"),
        ("Moved to Utrecht in March 2026", "Moved to Utrecht"),
        ("Has a dog named Rex", "Has a dog"),
        ("Likes tea", "likes   TEA!"),
    ],
)
def test_says_all_of_it(full: str, part: str) -> None:
    assert entails(full, part)


@pytest.mark.parametrize(
    ("full", "part"),
    [
        ("Likes dogs but not cats", "Likes cats"),
        ("Likes dogs but not on the sofa", "Likes dogs"),
        ("Works with Ana's brother", "Works with Ana"),
        ("Moved from Porto to Utrecht", "Moved from Utrecht to Porto"),
        ("Was a nurse", "Is a nurse"),
        ("Had a dog", "Has a dog"),
        ("Does not like tea", "Likes tea"),
        ("Plays tennis if it is dry", "Plays tennis"),
        ("Allergic to peanuts", "Allergic to peanuts and shellfish"),
        ("Likes tea", ""),
    ],
)
def test_does_not_say_all_of_it(full: str, part: str) -> None:
    assert not entails(full, part)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("Likes coffee", "Does not like coffee", True),
        ("Hates coffee", "Loves coffee", True),
        ("Hates coffee", "Does not like coffee", False),
        ("Works at Philips", "No longer works at Philips", True),
        ("Likes coffee", "Does not like tea", False),
        ("Likes coffee", "Likes coffee", False),
        ("", "Not", False),
    ],
)
def test_opposites(first: str, second: str, expected: bool) -> None:
    assert opposite(first, second) is expected
    assert opposite(second, first) is expected


def test_words_are_found_by_their_stems_in_any_form() -> None:
    text = "The allergy to PEANUT butter: peanuts, peanut."
    assert [text[a:b] for a, b in spans_of_words(text, ["peanuts"])] == ["PEANUT", "peanuts", "peanut"]
    assert content_words("I am allergic to the peanuts") == ["allergic", "peanuts"]


def test_who_has_several_of_a_thing_keeps_them() -> None:
    assert stored_slot("me", "allergy", "cats") != stored_slot("me", "allergy", "peanuts")
    assert stored_slot("me", "allergy", "Cats") == stored_slot("me", "allergy", "cats")
    assert stored_slot("me", "allergy", "") == ""
    assert stored_slot("me", "name", "Ana") == stored_slot("me", "name", "Eva") == "name"
    assert stored_slot("my sister", "name", "Ana") != stored_slot("my sister", "name", "Eva")
    assert stored_slot("me", "residence", "Ghent") == "residence"
