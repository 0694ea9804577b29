import pytest
from hypothesis import given
from hypothesis import strategies as st

from memos_engine.errors import InputError, TooLargeError
from memos_engine.services.wording import LONGEST_MESSAGE, said, title_of


@pytest.mark.parametrize("text", ["", "  \n", "\x00", "\x00\x01\x1b", "\u200b\u200d", "\ufeff"])
def test_nothing_visible_is_nothing_to_send(text: str) -> None:
    with pytest.raises(InputError, match="nothing to send"):
        said(text)


@pytest.mark.parametrize("text", ["🐝", "👩‍👩‍👧", "?", "字", "a" * 100_000])
def test_whatever_is_visible_may_be_said(text: str) -> None:
    assert said(text) == text


def test_control_characters_are_left_out_and_line_ends_evened() -> None:
    assert said("one\x00\r\ntwo\x07 ") == "one\ntwo"


def test_a_message_has_a_limit() -> None:
    with pytest.raises(TooLargeError):
        said("a" * (LONGEST_MESSAGE + 1))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("I moved to Ghent. And then I slept.", "I moved to Ghent"),
        ("what should a cook know about me?", "What should a cook know about me?"),
        ("Hello! I keep bees in the garden.", "I keep bees in the garden"),
        ("# Garden plans\nfor spring", "Garden plans"),
        ("```", "```"),
        (
            "please help me write a letter to my landlord about the broken heating",
            "Please help me write a letter to my landlord…",
        ),
        ("🐝", "🐝"),
    ],
)
def test_a_title_is_the_beginning_of_the_first_message(text: str, title: str) -> None:
    assert title_of(text) == title


@given(st.text(min_size=1))
def test_every_message_that_may_be_said_has_a_short_title_on_one_line(text: str) -> None:
    try:
        kept = said(text)
    except InputError:
        return
    title = title_of(kept)
    assert title
    assert len(title) <= 50
    assert "\n" not in title
