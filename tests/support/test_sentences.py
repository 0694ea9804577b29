"""Where the sentences of a reply stand in its Markdown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memos_engine.support.sentences import plain, sentences

MARKDOWN = st.lists(
    st.sampled_from(
        ["You live in Ghent. ", "Dr. Silva ", "**bold** ", "`code` ", "\n", "\n\n", "- ", "1. ", "> ", "# ", "```\n",
         "~~~\n", "| a | b |\n", "e.g. this ", "3.5 km! ", "…", "。", "🙂 ", "[a](b) ",
         "<b>x</b>", "\t", "\r\n", "\x0b", "?\" "]
    )
).map("".join)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), MARKDOWN))
def test_spans_lie_within_the_text_in_order_and_apart(text):
    at = 0
    for sentence in sentences(text):
        assert at <= sentence.start < sentence.end <= len(text)
        assert sentence.plain == plain(text[sentence.start : sentence.end])
        assert not text[sentence.start].isspace()
        at = sentence.end


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dr. Silva is in St. Gallen at 3.30 p.m. now. Ok.", ["Dr. Silva is in St. Gallen at 3.30 p.m. now.", "Ok."]),
        ("# Home\nYou live\nin Ghent.\n\n1. One\n2. Two", ["Home", "You live\nin Ghent.", "One", "Two"]),
        ("Before\n```\nYou are code.\n```\nAfter", ["Before", "After"]),
        ("> You said so.\n\n---\n\nYes!", ["You said so.", "Yes!"]),
        ("“Really?” she asked. Yes…", ["“Really?” she asked.", "Yes…"]),
        ("你住在根特。你喜欢茶。", ["你住在根特。", "你喜欢茶。"]),
        ("- [ ] Call **Ana**.", ["Call **Ana**."]),
    ],
)  # fmt: skip
def test_sentences_are_those_that_a_reader_sees(text, found):
    assert [text[one.start : one.end] for one in sentences(text)] == found


def test_markup_is_no_word_of_a_sentence():
    assert (
        plain("You **live** in [Ghent](https://ghent.be), `near` the <b>canal</b>.")
        == "You live in Ghent, near the canal."
    )
