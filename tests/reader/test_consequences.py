"""What follows from what was said."""

from collections.abc import Callable

import pytest

from memos_engine.types import Candidate, Origin


@pytest.mark.parametrize(
    ("text", "slot", "note"),
    [
        ("I moved to Ghent last year", "residence", "Lives in Ghent"),
        ("I started at Philips in May", "employer", "Works at Philips"),
        ("We got married in 2019", "marital status", "Married"),
        ("I got divorced last year", "marital status", "Divorced"),
        ("My brother Piet moved to Oslo", "residence", "Brother Piet lives in Oslo"),
        ("We adopted a cat", "", "Has a cat"),
    ],
)
def test_an_event_brings_its_state(read: Callable[..., list[Candidate]], text: str, slot: str, note: str) -> None:
    (parent,) = read(text)
    (inferred,) = parent.inferred
    assert (inferred.text, inferred.slot, inferred.origin) == (note, slot, Origin.INFERENCE)
    assert (inferred.quote, inferred.start, inferred.end) == (parent.quote, parent.start, parent.end)
    assert inferred.confidence < parent.confidence
    assert inferred.valid_from == parent.valid_from


@pytest.mark.parametrize(
    "text", ["I'm moving to Ghent in May", "We're getting married in June", "I'll start at Philips in May"]
)
def test_nothing_follows_from_a_plan(read: Callable[..., list[Candidate]], text: str) -> None:
    assert all(candidate.inferred == () for candidate in read(text))
