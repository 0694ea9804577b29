"""What recall knows of whether notes answer a question."""

import pytest

from memos_engine.services.answerability import Signals, Weighing

NOTES = ("my sister Ana works at a bakery in Porto.", "Lives in Ghent")


def test_a_question_near_a_note_has_more_for_it_than_one_of_something_else(encoder):
    near = Signals.of("Where does my sister work?", NOTES, encoder.encode)
    far = Signals.of("Which medicine does my uncle take?", NOTES, encoder.encode)
    assert near.likeness > far.likeness
    assert near.coverage == 1.0
    assert far.coverage == 0.0


def test_a_question_without_content_lacks_nothing(encoder):
    assert Signals.of("Who am I?", NOTES, encoder.encode).coverage == 1.0


def test_what_speaks_for_an_answer_speaks_against_not_knowing():
    weighing = Weighing(bias=-1.0, model=0.5, likeness=2.0, coverage=1.0)
    assert weighing.opening(Signals(0.9, 1.0)).log_odds == pytest.approx(-3.6)
    assert weighing.opening(Signals(0.0, 0.0)).log_odds == pytest.approx(2.0)


def test_an_adapter_that_was_not_weighed_leaves_it_to_the_model():
    assert Weighing.of({}) is None
