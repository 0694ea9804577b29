"""Text comes out in whole characters, and a stop string never does."""

from hypothesis import given
from hypothesis import strategies as st

from memos_engine.inference.streaming import TextStream

pieces = st.lists(st.binary(min_size=1, max_size=3), max_size=40)


@given(st.text(max_size=60), st.lists(st.integers(1, 4), max_size=60))
def test_text_cut_anywhere_comes_out_as_it_was(text: str, sizes: list[int]) -> None:
    data, stream, shown = text.encode("utf-8", "surrogatepass"), TextStream(), []
    for size in [*sizes, len(data) + 1]:
        shown.append(stream.feed(data[:size]))
        data = data[size:]
    shown.append(stream.finish())
    assert "".join(shown) == stream.text == text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def test_half_a_character_waits_for_its_other_half() -> None:
    stream = TextStream()
    assert stream.feed("é".encode()[:1]) == ""
    assert stream.feed("é".encode()[1:]) == "é"


@given(st.text("ab#", max_size=30), st.sampled_from(["##", "#a#", "aab", "b"]))
def test_nothing_of_a_stop_string_or_behind_it_comes_out(text: str, stop: str) -> None:
    stream = TextStream((stop,))
    shown = "".join(stream.feed(letter.encode()) for letter in text) + stream.finish()
    assert shown == text.partition(stop)[0]
    assert stream.stopped == (stop in text)


@given(pieces)
def test_bytes_that_are_no_text_become_marks(data: list[bytes]) -> None:
    stream = TextStream(("stop",))
    shown = "".join(stream.feed(piece) for piece in data) + stream.finish()
    assert shown == b"".join(data).decode("utf-8", "replace").partition("stop")[0]
