"""Evidence beside the model decides how a reply begins."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from memos_engine.inference.opening import Opening
from memos_engine.inference.prompt import Prompt
from memos_engine.inference.sampling import Sampling
from memos_engine.inference.template import ChatMessage

LOGITS = arrays(np.float32, st.integers(2, 60), elements=st.floats(-40, 40, width=32))


@given(LOGITS, st.floats(-30, 30), st.data())
def test_the_words_begin_the_reply_exactly_where_all_odds_together_are_for_them(logits, log_odds, data):
    token = data.draw(st.integers(0, len(logits) - 1))
    others = np.delete(logits.astype(np.float64), token)
    balance = float(logits[token]) + log_odds - float(np.logaddexp.reduce(others))
    if abs(balance) < 1e-3:
        return
    Opening("I don't know", log_odds).decide(logits, token)
    assert (int(np.argmax(logits)) == token) is (balance > 0)
    assert np.isfinite(logits).all()


@given(LOGITS, st.data())
def test_the_odds_among_the_other_words_stay_as_they_are(logits, data):
    token = data.draw(st.integers(0, len(logits) - 1))
    before = np.delete(logits, token)
    Opening("I don't know", -3.0).decide(logits, token)
    assert np.delete(logits, token).tolist() == before.tolist()


@pytest.mark.parametrize(("log_odds", "begins"), [(40.0, True), (-40.0, False)])
def test_a_reply_of_the_model_begins_as_was_decided(host, log_odds, begins):
    asked = (ChatMessage("user", "What is my dog called?"),)
    sampling = Sampling(max_tokens=3, temperature=0.0)
    reply = host.generate(Prompt(asked, opening=Opening("I don't know", log_odds)), sampling)
    assert reply.text.startswith("I") is begins
