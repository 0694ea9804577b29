"""A reply that does not stand after its first sentence is begun anew, and nothing of the draft is shown."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from memos_engine.inference.fallback import Fallback, first_sentence
from memos_engine.inference.prompt import Prompt
from memos_engine.inference.sampling import Sampling
from memos_engine.inference.session import Stopped
from memos_engine.inference.template import ChatMessage
from memos_engine.types import CancelToken

LOGITS = arrays(np.float32, st.integers(2, 60), elements=st.floats(-40, 40, width=32))
WORDS = "I don't know"
ASKED = (ChatMessage("user", "What is my dog called?"),)
SAMPLING = Sampling(max_tokens=40, temperature=0.0)


@given(LOGITS, st.data())
def test_barred_words_cannot_begin_and_the_odds_among_the_others_stay(logits, data):
    token = data.draw(st.integers(0, len(logits) - 1))
    others, own = np.delete(logits, token), float(logits[token])
    odds = Fallback(WORDS, lambda *_: True).bar(logits, token)
    assert odds == pytest.approx(float(np.logaddexp.reduce(others.astype(np.float64))) - own, abs=1e-3)
    assert int(np.argmax(logits)) != token
    assert np.delete(logits, token).tolist() == others.tolist()
    assert logits[token] == -np.inf


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Your dog is called Rex. You told", "Your dog is called Rex."),
        ("Your dog is called “Rex.” He", "Your dog is called “Rex.”"),
        ("It costs 8.50 euros! And", "It costs 8.50 euros!"),
        ("First line\nsecond", "First line"),
        ("Your dog is called Rex.", None),
        ("You meet on 8. May at noon", None),
        ("", None),
        ("\n\n", None),
        ("word " * 60, "word " * 60),
    ],
)
def test_a_first_sentence_is_one_once_it_has_ended(text, sentence):
    assert first_sentence(text) == sentence


def test_a_draft_that_does_not_stand_is_never_shown(host):
    judged, shown = [], []

    def stands(odds: float, sentence: str) -> bool:
        judged.append((odds, sentence))
        return False

    reply = host.generate(Prompt(ASKED, fallback=Fallback(WORDS, stands)), SAMPLING, on_text=shown.append)
    ((odds, sentence),) = judged
    assert np.isfinite(odds)
    assert sentence
    assert not sentence.startswith("I")
    assert reply.text.startswith(WORDS)
    assert "".join(shown) == reply.text
    assert sentence not in reply.text
    assert reply.ttft_ms > 0


def test_a_draft_that_stands_is_the_reply_and_is_judged_once(host):
    plain = host.generate(Prompt(ASKED), SAMPLING)
    judged, shown = [], []

    def stands(_odds: float, sentence: str) -> bool:
        judged.append(sentence)
        return True

    reply = host.generate(Prompt(ASKED, fallback=Fallback("Zebra", stands)), SAMPLING, on_text=shown.append)
    assert reply.text == plain.text == "".join(shown)
    assert reply.tokens.generated == plain.tokens.generated
    assert len(judged) == 1
    assert reply.text.startswith(judged[0])


def test_a_draft_that_ends_with_its_first_sentence_is_judged_as_well(host):
    judged = []
    fallback = Fallback("Zebra", lambda _odds, sentence: bool(judged.append(sentence)) or True)
    reply = host.generate(Prompt(ASKED, fallback=fallback), Sampling(max_tokens=2, temperature=0.0))
    assert reply.stopped is Stopped.LENGTH
    assert judged == [reply.text.strip()]


def test_a_reply_that_is_stopped_while_it_is_judged_shows_nothing_of_its_draft(host):
    cancel, shown = CancelToken(), []

    def stands(_odds: float, _sentence: str) -> bool:
        cancel.cancel()
        return False

    reply = host.generate(
        Prompt(ASKED, fallback=Fallback(WORDS, stands)), SAMPLING, on_text=shown.append, cancel=cancel
    )
    assert (reply.stopped, reply.text, shown) == (Stopped.CANCELLED, "", [])


def test_a_seed_gives_the_same_reply_whether_it_was_begun_anew_or_not(host):
    sampling = Sampling(max_tokens=20, temperature=1.0, seed=7)
    prompt = Prompt(ASKED, fallback=Fallback(WORDS, lambda *_: False))
    assert host.generate(prompt, sampling).text == host.generate(prompt, sampling).text
