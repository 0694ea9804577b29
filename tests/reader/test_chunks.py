from hypothesis import given
from hypothesis import strategies as st

from memos_engine.reader.chunks import MOST_CHARACTERS, MOST_WORDS, chunks

paragraph = st.lists(st.sampled_from(["word", "Stop.", "何。です", "# Title", "\n", "x" * 50]), max_size=400).map(
    " ".join
)


@given(st.lists(paragraph, max_size=6).map("\n\n".join))
def test_passages_hold_every_word_in_order_and_stay_within_bounds(text: str) -> None:
    end = 0
    left = text
    for chunk in chunks(text):
        assert chunk.text == text[chunk.start : chunk.end]
        assert chunk.start >= end
        assert not text[end : chunk.start].strip()
        assert len(chunk.text.split()) <= MOST_WORDS
        end = chunk.end
        left = text[end:]
    assert not left.strip()


@given(st.text(min_size=1, max_size=30), st.integers(1, 300))
def test_any_text_is_covered(text: str, times: int) -> None:
    whole = text * times
    joined = "".join("".join(chunk.text.split()) for chunk in chunks(whole))
    assert joined == "".join(whole.split())


def test_short_paragraphs_are_joined_and_long_ones_split_at_sentences() -> None:
    short = "\n\n".join(["Ten words stand in this line, one after the other."] * 30)
    assert [len(chunk.text.split()) // 10 for chunk in chunks(short)] == [12, 12, 6]
    long = " ".join(["Ten words stand in this sentence, one after the other."] * 30)
    assert all(chunk.text.endswith("other.") for chunk in chunks(long))


def test_a_heading_begins_a_passage() -> None:
    assert [chunk.text for chunk in chunks("Intro.\n\n# Soup\n\nBoil.\n\n# Bread\nBake.")] == [
        "Intro.",
        "# Soup\n\nBoil.",
        "# Bread\nBake.",
    ]


def test_a_text_without_spaces_is_bounded_by_characters() -> None:
    assert all(len(chunk.text) <= MOST_CHARACTERS for chunk in chunks("字" * 10_000))
