"""A stop that waiting calls hear of without looking at the clock."""

import pytest

from memos_engine.errors import CancelledError
from memos_engine.types import CancelToken


def test_a_listener_hears_of_the_stop_once() -> None:
    token, heard = CancelToken(), []
    token.on_cancel(lambda: heard.append(1))
    assert not heard
    token.cancel()
    token.cancel()
    assert heard == [1]
    assert token.cancelled
    with pytest.raises(CancelledError):
        token.check()


def test_a_listener_that_comes_late_hears_at_once() -> None:
    token, heard = CancelToken(), []
    token.cancel()
    token.on_cancel(lambda: heard.append(1))
    assert heard == [1]


def test_a_listener_that_ended_hears_nothing() -> None:
    token, heard = CancelToken(), []
    end = token.on_cancel(lambda: heard.append(1))
    end()
    end()
    token.cancel()
    assert not heard
