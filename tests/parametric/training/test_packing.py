"""A pack holds the tokens that the chat would send, each question at its own place, and hides them from one another."""

import numpy as np
import pytest
from hypothesis import given, strategies

from memos_engine.errors import InputError
from memos_engine.inference.prompt import Note, PromptParts, Turn, layout
from memos_engine.inference.session import LlamaSession
from memos_engine.parametric.training.packing import SHARED, Packed, Question, pack

NOTES = (
    Note("Allergic to peanuts", "3 March 2026"),
    Note("my sister Ana works at a bakery in Porto.", "1 June 2026", quote=True),
    Note("Lives in Ghent"),
)
HISTORY = (Turn("user", "Hi!"), Turn("assistant", "Hello! How can I help you?"))


def question(text: str, answer: str, notes: tuple[Note, ...] = NOTES) -> Question:
    return Question(PromptParts(text, history=HISTORY, notes=notes, today="5 July 2026"), answer)


ASKED = (
    question("What does my sister do?", "Your sister Ana works at a bakery in Porto."),
    question("Where do I live?", "You live in Ghent."),
    question("What is my dog called?", "I don't know what your dog is called."),
)


@pytest.fixture(params=[False, True], ids=["joint", "isolated"])
def packed(request: pytest.FixtureRequest, tokeniser: LlamaSession) -> Packed:
    return pack(ASKED, tokeniser, isolated=request.param)


def of_question(packed: Packed, number: int) -> np.ndarray:
    """The places of what a lone prompt would hold: what is shared, the notes, and the question."""
    return np.flatnonzero((packed.blocks >= SHARED) | (packed.blocks == -number))


@pytest.mark.parametrize("number", [1, 2, 3])
def test_each_question_has_the_tokens_and_places_of_its_own_prompt(packed, tokeniser, number):
    asked = ASKED[number - 1]
    places = of_question(packed, number)
    prompt = tokeniser.tokenise_chat(layout(asked.parts))
    answer = tokeniser.tokenise(asked.answer)
    assert packed.tokens[places].tolist()[:-1] == prompt + answer
    assert packed.positions[places].tolist() == list(range(len(places)))
    assert packed.learnt[places].tolist() == [False] * len(prompt) + [True] * (len(answer) + 1)


def test_the_tokens_with_which_an_answer_begins_are_told(packed, tokeniser):
    for number in (1, 2, 3):
        places = of_question(packed, number)
        first, second = places[packed.learnt[places]][:2]
        assert np.flatnonzero(packed.opening & (packed.blocks == -number)).tolist() == [first, second]
    assert not packed.opening[packed.blocks >= SHARED].any()


def test_an_answer_ends_with_the_token_that_ends_a_reply(packed, tokeniser):
    for number in (1, 2, 3):
        last = int(packed.tokens[of_question(packed, number)[-1]])
        assert tokeniser.vocabulary.markup[last] == "<|im_end|>"


def test_a_question_sees_the_notes_and_itself_but_no_other(packed):
    visible = packed.visible()
    for number in (1, 2, 3):
        places = of_question(packed, number)
        seen = np.flatnonzero(visible[places[-1]])
        assert seen.tolist() == places.tolist()


def test_nothing_sees_what_comes_after_it(packed):
    assert not np.triu(packed.visible(), 1).any()


def test_isolated_notes_see_themselves_alone(tokeniser):
    packed = pack(ASKED, tokeniser, isolated=True)
    visible = packed.visible()
    for note in (1, 2, 3):
        places = np.flatnonzero(packed.blocks == note)
        assert np.flatnonzero(visible[places[-1]]).tolist() == places.tolist()


def test_joint_notes_see_all_before_them(tokeniser):
    packed = pack(ASKED, tokeniser, isolated=False)
    context = int((packed.blocks >= SHARED).sum())
    assert np.array_equal(packed.visible()[:context, :context], np.tri(context, dtype=bool))


def test_questions_of_another_context_are_refused(tokeniser):
    with pytest.raises(InputError):
        pack((ASKED[0], question("Where do I live?", "You live in Ghent.", NOTES[:2])), tokeniser, isolated=False)


@given(
    text=strategies.text(min_size=1).filter(lambda text: text == text.strip()),
    said=strategies.text(min_size=1).filter(lambda text: text == text.strip()),
)
def test_any_words_are_packed_as_they_would_be_sent(tokeniser, text, said):
    notes = (Note(said, "3 March 2026"), *NOTES)
    asked = (question(text, "Yes.", notes), question("Why?", said, notes))
    packed = pack(asked, tokeniser, isolated=True)
    for number, each in enumerate(asked, 1):
        prompt = tokeniser.tokenise_chat(layout(each.parts))
        assert packed.tokens[of_question(packed, number)].tolist()[: len(prompt)] == prompt
