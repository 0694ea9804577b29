"""Replies that say that they do not know."""

import pytest

from memos_engine.types.abstention import abstains


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("I don't know.", True),
        ("I’m not sure about that.", True),
        ("You haven't told me that.", True),
        ("You live in Ghent.", False),
        ("Leave out peanuts.", False),
    ],
)
def test_a_reply_that_does_not_know_is_told_apart(reply: str, expected: bool) -> None:
    assert abstains(reply) is expected
