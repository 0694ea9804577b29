"""Each sentence that rests on a memory is marked with it; one that nothing supports says so; all else stays quiet."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memos_engine.encoder import SentenceEncoder
from memos_engine.language.pipeline import LanguagePipeline
from memos_engine.resources import default_weights
from memos_engine.support.check import SupportCheck
from memos_engine.support.known import Spoken
from memos_engine.support.sentences import sentences
from memos_engine.types import Kind, Memory, Origin, Precision, Source, State, Support

WRITTEN = datetime(2026, 3, 20, 12, tzinfo=UTC)


def memory(text: str, *, subject: str = "me", said: str = "", kind: Kind = Kind.FACT, **more: Any) -> Memory:
    """A memory whose id is its text."""
    fields: dict[str, Any] = {
        "id": text, "cube_id": "c", "kind": kind, "origin": Origin.WORDS, "state": State.ACTIVATED, "text": text,
        "subject": subject, "valid_from": None, "valid_to": None, "valid_precision": None, "recorded_from": WRITTEN,
        "recorded_to": None, "created": WRITTEN, "updated": WRITTEN, "language": "en", "tags": (), "pinned": False,
        "frozen": False, "priority": 0, "sensitivity": (), "confidence": 1.0, "confirmed": False, "slot": "",
        "value": "", "parent_id": None, "superseded_by": None, "lifespan": None, "use_count": 0, "last_used": None,
        "versions": 1, "sources": (Source(said, 0, len(said), WRITTEN, message_id="m", speaker="me"),) if said else (),
    }  # fmt: skip
    return Memory(**(fields | more))


@pytest.fixture(scope="session")
def support_check() -> SupportCheck:
    """The check with what comes along."""
    return SupportCheck(LanguagePipeline(), SentenceEncoder.open(default_weights("encoder").path).encode)


@pytest.fixture(scope="session")
def check(support_check: SupportCheck) -> Callable[..., tuple[Support, ...]]:
    """Checks a reply against memories, given as texts or as `memory` makes them, and what the person said."""

    def checked(reply: str, *memories: str | Memory, said: Sequence[str] = ("What do you know about me?",)) -> Any:
        known = [memory(one) if isinstance(one, str) else one for one in memories]
        return support_check.check(reply, WRITTEN, known, [Spoken(text, WRITTEN) for text in said])

    return checked


SISTER = memory("Sister Ana works as a nurse at Saint Luke's", subject="Ana")
MOVED = memory(
    "Moved to Utrecht, March 2024",
    kind=Kind.EVENT,
    valid_from=datetime(2024, 3, 1, tzinfo=UTC),
    valid_precision=Precision.MONTH,
)


def marks(found):
    return [set(one.memory_ids) for one in found]


def test_a_sentence_is_marked_with_every_memory_that_says_a_part_of_it(check):
    (both,) = check("You live in Ghent and are allergic to peanuts.", "Lives in Ghent", "Allergic to peanuts")
    assert (set(both.memory_ids), both.unsupported) == ({"Lives in Ghent", "Allergic to peanuts"}, False)
    (job,) = check("You work as a baker at Halden.", "Works at Halden", "Works as a baker", "Likes bread")
    assert set(job.memory_ids) == {"Works at Halden", "Works as a baker"}


def test_the_span_is_that_of_the_sentence_in_the_markdown_as_kept(check):
    reply = "Sure!\n\n- You **live in Ghent**.\n- You are *allergic* to peanuts."
    found = check(reply, "Lives in Ghent", "Allergic to peanuts")
    marked = {reply[one.start : one.end]: one.memory_ids for one in found if one.memory_ids}
    assert marked == {
        "You **live in Ghent**.": ("Lives in Ghent",),
        "You are *allergic* to peanuts.": ("Allergic to peanuts",),
    }


@pytest.mark.parametrize(
    ("reply", "known"),
    [
        ("You live in Bruges.", memory("Lives in Ghent")),
        ("You are a nurse.", SISTER),
        ("Your brother is a nurse.", SISTER),
        ("Your sister Eva is a nurse.", SISTER),
        ("You have three cats.", memory("Has two cats, Miso and Tofu")),
        ("You eat meat.", memory("Does not eat meat")),
        ("You don't like jazz.", memory("Likes jazz")),
        ("You are not allergic to peanuts.", memory("Allergic to peanuts")),
        ("You moved to Utrecht in May 2023.", MOVED),
        ("You were born in Ghent.", memory("Lives in Ghent")),
        ("You have a Renault.", memory("Sold the old Renault")),
        ("You speak Greek.", memory("Wants to learn Greek")),
    ],
)
def test_another_value_person_number_time_or_the_opposite_is_unsupported_and_unmarked(check, reply, known):
    (found,) = check(reply, known)
    assert (found.memory_ids, found.unsupported) == ((), True)


@pytest.mark.parametrize(
    ("reply", "known"),
    [
        ("You can't have nuts.", memory("Allergic to peanuts")),
        ("You are married to Jonas.", memory("Husband is called Jonas", subject="my husband")),
        ("Your sister is a nurse.", SISTER),
        ("You told me that you moved to Utrecht two years ago.", MOVED),
        ("You're a fan of Bach.", memory("Loves Bach")),
        ("Since you live in Ghent, try the old brewery.", memory("Lives in Ghent")),
        ("No, your sister works as a nurse.", SISTER),
        ("You'd like to learn Greek.", memory("Wants to learn Greek")),
        ("You are a teacher.", memory("Teaches at a primary school")),
    ],
)
def test_other_words_for_the_same_are_marked(check, reply, known):
    (found,) = check(reply, known)
    assert (found.memory_ids, found.unsupported) == ((known.id,), False)


@pytest.mark.parametrize(
    "reply",
    [
        "Do you live in Ghent?",
        "Would you like a recipe without nuts?",
        "Add the flour and stir.",
        "I don't know that about you yet.",
        "You might enjoy Lisbon.",
        "You are probably a morning person.",
        "You have two options here.",
        "You forgot a semicolon in line three.",
        "Ghent lies in Belgium.",
        "I'm an AI and have no sister.",
        "If you like it hot, add a chilli.",
        "If you lived in Rome, you would take the metro.",
    ],
)
def test_what_claims_nothing_gets_no_verdict(check, reply):
    assert not any(one.unsupported for one in check(reply, "Allergic to peanuts", "Has a dog"))


def test_what_the_person_said_in_this_conversation_needs_no_memory(check):
    said = ("I just got a puppy called Waffle!", "What should I feed her?")
    (found,) = check("Your puppy is called Waffle.", "Lives in Leeds", said=said)
    assert (found.memory_ids, found.unsupported) == ((), False)
    (asked,) = check("You are allergic to bees.", "Lives in Leeds", said=("Am I allergic to bees?",))
    assert asked.unsupported


def test_a_short_answer_rests_on_what_the_question_asks_for(check):
    found = check("In Ghent.", "Lives in Ghent", "Works in Leuven", said=("Where do I live?",))
    assert marks(found) == [{"Lives in Ghent"}]


def test_advice_behind_a_fact_is_no_claim(check):
    for reply in ("You are allergic to peanuts, so avoid satay.", "Since you are allergic to peanuts, skip the satay."):
        (found,) = check(reply, "Allergic to peanuts")
        assert (found.memory_ids, found.unsupported) == (("Allergic to peanuts",), False)


def test_words_of_the_conversation_itself_rest_on_no_memory(check):
    turn = memory("I told you that I sold the boat", kind=Kind.MESSAGE)
    (found,) = check("You told me that you have dark eyes.", turn)
    assert found.memory_ids == ()


def test_what_others_say_of_themselves_is_not_of_the_person(check):
    said = memory("I live in Porto and play the drums", kind=Kind.MESSAGE)
    theirs = replace(said, sources=(Source(said.text, 0, 9, WRITTEN, message_id="m", speaker="Ana"),))
    assert marks(check("You live in Porto. You play the drums.", theirs)) == [set(), set()]
    assert marks(check("Ana lives in Porto.", theirs)) == [{said.id}]


def test_a_verbatim_turn_supports_what_it_says_and_not_its_words_about_others(check):
    drums = memory("i play the harp since i was seven, my flatmate Noor plays the drums", kind=Kind.MESSAGE)
    assert marks(check("You play the drums. You play the harp.", drums)) == [set(), {drums.id}]
    turn = memory("my sister is a vet and i grew up in Porto", kind=Kind.MESSAGE)
    home, vet = check("You grew up in Porto. You are a vet.", turn)
    assert (home.memory_ids, home.unsupported) == ((turn.id,), False)
    assert vet.memory_ids == ()


def test_a_reply_in_another_language_has_marks_and_no_verdicts(check):
    found = check("Du wohnst in Köln. Du wohnst in Hamburg. Du wohnst nicht in Köln.", "Wohnt in Köln")
    assert marks(found) == [{"Wohnt in Köln"}, set(), set()]
    assert not any(one.unsupported for one in found)


@pytest.mark.parametrize(
    "reply", ["", " \n", "🙂🙂", "```python\nyou = 1\n```", "***", "| | |\n|-|-|", "\x00\ud800", "# "]
)
def test_odd_text_has_nothing_to_say(check, reply):
    assert all(not one.memory_ids and not one.unsupported for one in check(reply, "Lives in Ghent"))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200), st.text(max_size=80))
def test_any_text_is_checked_and_its_spans_lie_in_order(support_check, reply, known):
    at = 0
    for one in support_check.check(reply, WRITTEN, [memory(known), memory(known, kind=Kind.MESSAGE)]):
        assert at <= one.start < one.end <= len(reply)
        at = one.end


def test_without_memories_a_made_up_fact_is_unsupported(check):
    assert [one.unsupported for one in check("You work as a pilot. Pilots fly planes.")] == [True, False]


def test_ten_sentences_beside_eight_memories_are_fast(support_check):
    reply = " ".join(f"You have {number} brothers in Ghent and like tea." for number in range(2, 12))
    known = [memory(f"Likes {what}") for what in ("tea", "jazz", "chess", "dogs", "soup", "rain", "maps", "bread")]
    support_check.check(reply, WRITTEN, known)
    took = []
    for _ in range(3):
        began = time.process_time()
        support_check.check(reply, WRITTEN, known)
        took.append(time.process_time() - began)
    assert len(sentences(reply)) == 10
    assert min(took) < 1.0  # of all threads together, on a busy machine; see `memos bench support`


LEUVEN = memory("Lives in Leuven", recorded_to=WRITTEN)


@pytest.mark.parametrize(
    "reply", ["You lived in Leuven before.", "You used to live in Leuven.", "You lived in Leuven."]
)
def test_what_held_before_supports_that_it_was_so(check, reply):
    (found,) = check(reply, LEUVEN, said=("Where did I live before Ghent?",))
    assert (found.memory_ids, found.unsupported) == ((LEUVEN.id,), False)


def test_what_held_before_does_not_support_that_it_is_so(check):
    (found,) = check("You live in Leuven.", LEUVEN, said=("Where do I live?",))
    assert found.memory_ids == ()
