"""How likely the model finds a text: what perplexity is measured with."""

import pytest

from memos_engine.errors import TooLargeError
from memos_engine.inference.host import ModelHost
from memos_engine.inference.prompt import Prompt
from memos_engine.inference.sampling import Sampling
from memos_engine.inference.session import BATCH
from memos_engine.inference.template import ChatMessage

ASKED = (ChatMessage("user", "What is the capital of France?"),)
RIGHT = "The capital of France is Paris."


def test_the_usual_word_is_likelier_than_another_in_its_place(host: ModelHost) -> None:
    usual = host.log_likelihoods(ASKED, RIGHT)
    other = host.log_likelihoods(ASKED, RIGHT.replace("Paris", "carrots"))
    assert sum(usual) > sum(other) + 3
    assert all(value <= 0 for value in usual + other)


def test_what_the_model_says_itself_is_what_it_finds_likely(host: ModelHost) -> None:
    sampling = Sampling(temperature=0.0, repeat_penalty=1.0, max_tokens=12)
    said = host.generate(Prompt(ASKED), sampling).text
    assert min(host.log_likelihoods(ASKED, said)) > -3


def test_a_text_of_several_batches_is_scored_as_its_parts_are(host: ModelHost) -> None:
    text = " ".join([RIGHT] * 20)
    whole = host.log_likelihoods(ASKED, text)
    assert len(whole) == host.count(text) > 2 * BATCH
    first = host.log_likelihoods(ASKED, RIGHT)
    assert whole[: len(first)] == pytest.approx(first, abs=0.5)
    assert sum(whole[-BATCH:]) / BATCH > sum(first) / len(first), "said for the twentieth time"


def test_a_text_longer_than_the_context_is_refused(host: ModelHost) -> None:
    with pytest.raises(TooLargeError):
        host.log_likelihoods(ASKED, "word " * 600)
    assert host.log_likelihoods(ASKED, RIGHT)
