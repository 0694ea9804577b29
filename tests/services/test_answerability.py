"""What is known of whether notes answer a question."""

import pytest

from memos_engine.inference.prompt import Note
from memos_engine.services.answerability import UNKNOWING, Evidence, Signals, Weighing

NOTES = (Note("my sister Ana works at a bakery in Porto.", "3 March 2026"), Note("Lives in Ghent"))


@pytest.fixture
def job(encoder) -> Evidence:
    return Evidence("Where does my sister work?", NOTES, encoder.encode)


def test_a_question_near_a_note_has_more_for_it_than_one_of_something_else(encoder, job):
    near = job.signals("")
    far = Evidence("Which medicine does my uncle take?", NOTES, encoder.encode).signals("")
    assert near.likeness > far.likeness
    assert near.coverage == 1.0
    assert far.coverage == 0.0


def test_a_question_without_content_lacks_nothing(encoder):
    assert Evidence("Who am I?", NOTES, encoder.encode).signals("").coverage == 1.0


@pytest.mark.parametrize(
    ("answer", "grounded"),
    [
        ("Your sister Ana works at a bakery in Porto.", 1.0),
        ("You told me on 3 March 2026 that she works at a bakery.", 1.0),
        ("Your sister works at a hospital.", 0.0),
        ("Your sister Ana works at a hospital.", 0.5),
        ("Your sister works.", 0.0),
        ("You're at a bakery.", 1.0),
        ("Yes, she does.", 1.0),
        ("", 0.0),
    ],
)
def test_an_answer_is_grounded_by_what_it_brings_from_the_notes(job, answer, grounded):
    assert job.signals(answer).grounded == grounded


def test_what_speaks_for_an_answer_lets_it_stand(job):
    weighing = Weighing(bias=-3.0, model=0.5, likeness=1.0, coverage=1.0, grounded=2.0)
    assert weighing.odds(2.0, Signals(0.5, 1.0, 0.5)) == pytest.approx(0.5)
    fallback = weighing.fallback(job)
    assert fallback.words == UNKNOWING
    assert fallback.stands(1.0, "Your sister Ana works at a bakery in Porto.")
    assert not fallback.stands(1.0, "Your sister works at a hospital.")
    assert not fallback.stands(-5.0, "Your sister Ana works at a bakery in Porto.")


@pytest.mark.parametrize("card", [{}, {"bias": 1.0, "model": 0.4, "likeness": 1.0, "coverage": 1.0}])
def test_an_adapter_that_was_not_weighed_by_these_signals_leaves_it_to_the_model(card):
    assert Weighing.of(card) is None


def test_weights_are_those_of_the_card():
    weighing = Weighing(1.0, 2.0, 3.0, 4.0, 5.0)
    names = ("bias", "model", "likeness", "coverage", "grounded")
    assert Weighing.of(dict(zip(names, (1.0, 2.0, 3.0, 4.0, 5.0), strict=True))) == weighing
