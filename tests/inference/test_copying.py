"""Names and numbers of an answer go on only as the texts have them."""

import re

import numpy as np
import pytest

from memos_engine.inference.copying import Copying, Pieces
from memos_engine.inference.prompt import Prompt
from memos_engine.inference.sampling import Sampling
from memos_engine.inference.template import ChatMessage

TOKENS = [
    " U", "trecht", "tre", "cht", "tr", "ah", " Utah", " Porto", " You", "You", " in", " the", "x", ".", ",", " ", "3",
    " 3", "1", "4", " March", "ian", " live", " I", "!", " Berlin",
]  # fmt: skip
NAMED = re.compile(r"(?<=[a-z,] )[A-Z]\w+")
NOTES = ("Lives in Utrecht", "Has lived there since 31 March 2021")


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    return Pieces(TOKENS)


def may_follow(pieces: Pieces, written: str) -> set[str]:
    logits = np.zeros(len(TOKENS), np.float32)
    Copying(NOTES, pieces).hold(logits, written)
    assert np.isfinite(logits).all()
    return {TOKENS[token] for token in np.flatnonzero(logits == 0)}


def test_a_reply_begins_as_it_likes_but_for_numbers(pieces: Pieces) -> None:
    assert set(TOKENS) - may_follow(pieces, "") == {"1", "4"}


def test_a_name_in_mid_sentence_is_one_of_the_notes(pieces: Pieces) -> None:
    free = may_follow(pieces, "You live in")
    assert {" U", " March", " the", ".", " I"} <= free
    assert free.isdisjoint({" Porto", " Berlin", " Utah", " You"})


@pytest.mark.parametrize(
    ("written", "free"),
    [
        ("You live in U", {"trecht", "tre", "tr"}),
        ("You live in Utre", {"cht"}),
        ("You moved in 3", {"1"}),
    ],
)
def test_a_word_that_was_begun_goes_on_as_the_notes_have_it(pieces: Pieces, written: str, free: set[str]) -> None:
    assert may_follow(pieces, written) == free


def test_behind_a_whole_name_anything_may_stand_but_another_name(pieces: Pieces) -> None:
    free = may_follow(pieces, "You live in Utrecht")
    assert {".", ",", " in", " ", " U"} <= free
    assert free.isdisjoint({"x", "ian", " Porto", "3"})


def test_small_letters_are_the_models(pieces: Pieces) -> None:
    assert {"x", "ian", "."} <= may_follow(pieces, "You live in the")


def test_the_second_word_of_a_sentence_is_held_too(pieces: Pieces) -> None:
    assert may_follow(pieces, "You").isdisjoint({" Porto", " Berlin", " Utah"})


def test_a_new_sentence_may_begin_with_any_word(pieces: Pieces) -> None:
    assert {" You", " Porto"} <= may_follow(pieces, "You live there. ")


def test_the_model_says_no_name_in_mid_sentence_but_those_of_the_texts(host) -> None:
    asked = (ChatMessage("user", "Write one long sentence about the cities that a traveller sees in Europe."),)
    sampling = Sampling(max_tokens=40, temperature=0.0)
    said, free = (host.generate(Prompt(asked, copied=copied), sampling).text for copied in (("Quito, Bergen",), ()))
    assert NAMED.findall(free), "it names others where it may"
    assert {*NAMED.findall(said)} <= {"Quito", "Bergen"}
