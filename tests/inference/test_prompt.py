"""The budget holds whatever is said, and the stable parts stay as they are."""

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memos_engine.errors import TooLargeError
from memos_engine.inference.examples import EXAMPLES
from memos_engine.inference.host import ModelHost
from memos_engine.inference.prompt import Note, PromptParts, Turn, build, cut_middle, layout
from memos_engine.inference.sampling import Sampling
from memos_engine.inference.template import ChatMessage

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=200)
long_words = st.builds(lambda text, times: text * times, words, st.integers(1, 30))
all_parts = st.builds(
    PromptParts,
    question=long_words,
    history=st.lists(st.builds(Turn, st.sampled_from(["user", "assistant"]), words), max_size=12).map(tuple),
    notes=st.lists(st.builds(Note, words, st.sampled_from(["", "3 March 2026"]), st.booleans()), max_size=8).map(tuple),
    instructions=long_words,
    name=st.text(max_size=40),
    examples=st.booleans(),
)


def by_words(messages: tuple[ChatMessage, ...]) -> int:
    """A tokenizer that tests need not load: words and marks, and three tokens of markup a message."""
    return sum(3 + len(re.findall(r"\w+|[^\w\s]", message.content)) for message in messages)


@given(all_parts, st.integers(40, 400))
@settings(max_examples=200, deadline=None)
def test_a_prompt_never_exceeds_its_budget(parts: PromptParts, budget: int) -> None:
    smallest = by_words(layout(PromptParts("")))
    try:
        prompt = build(parts, budget, by_words)
    except TooLargeError:
        assert budget < 3 * smallest + 60
        return
    assert prompt.tokens == by_words(prompt.messages) <= budget
    plain = by_words(layout(replace(parts, examples=False)))
    assert prompt.complete or plain > budget or parts.examples
    assert not prompt.complete or prompt.messages[-1] == layout(parts)[-1]
    assert len(prompt.notes) + prompt.dropped_notes == len(parts.notes)


@given(all_parts, st.integers(100, 600))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_prompt_never_exceeds_its_budget_in_the_models_own_tokens(
    host: ModelHost, parts: PromptParts, budget: int
) -> None:
    try:
        prompt = build(parts, budget, host.count_chat)
    except TooLargeError:
        assert budget < 300
        return
    assert prompt.tokens == host.count_chat(prompt.messages) <= budget


def history(length: int) -> tuple[Turn, ...]:
    return tuple(Turn("user" if number % 2 == 0 else "assistant", f"turn {number}") for number in range(length))


def test_the_oldest_turns_go_first_then_the_last_notes() -> None:
    parts = PromptParts("What now?", history(20), (Note("first note"), Note("second note"), Note("third note")))
    whole = by_words(layout(parts))
    less = build(parts, whole - 10, by_words)
    assert less.dropped_turns
    assert not less.dropped_notes
    assert "turn 19" in [message.content for message in less.messages]
    assert "turn 0" not in [message.content for message in less.messages]
    bare = by_words(layout(PromptParts("What now?", notes=parts.notes)))
    least = build(parts, bare - 1, by_words)
    assert least.dropped_turns == 20
    assert [note.text for note in least.notes] == ["first note", "second note"]


def test_a_question_of_100_000_characters_is_cut_in_its_middle_and_says_so(host: ModelHost) -> None:
    question = "BEGIN " + "word and word " * 7142 + " END"
    prompt = host.build(PromptParts(question), Sampling(max_tokens=100))
    asked = prompt.messages[-1].content
    assert prompt.trimmed
    assert "BEGIN" in asked
    assert asked.rstrip().endswith("END") or "END" in asked[-200:]
    assert re.search(r"[\d,]+ characters left out", asked)
    assert prompt.tokens <= host.context - 100
    assert prompt.tokens > (host.context - 100) * 0.9


def test_standing_instructions_cannot_crowd_out_the_question() -> None:
    prompt = build(PromptParts("What is the plan?", instructions="Be kind. " * 5000), 400, by_words)
    assert prompt.trimmed
    assert "What is the plan?" in prompt.messages[-1].content


def test_the_stable_parts_are_the_same_from_turn_to_turn() -> None:
    first = PromptParts("Hello", notes=(Note("a", "3 March 2026"),), instructions="Be brief.", name="Ada")
    second = PromptParts(
        "And now?", (Turn("user", "Hello"), Turn("assistant", "Hi.")), (Note("b"),), "Be brief.", name="Ada"
    )
    third = PromptParts(
        "Then?", (*second.history, Turn("user", "And now?"), Turn("assistant", "Well.")), (), "Be brief.", name="Ada"
    )
    assert layout(first)[0] == layout(second)[0] == layout(third)[0]
    assert layout(third)[: len(layout(second)) - 1] == layout(second)[:-1]


def test_examples_stand_before_the_chat_and_only_where_there_is_room() -> None:
    parts = PromptParts("Hello", (Turn("user", "Hi"), Turn("assistant", "Hi.")), examples=True)
    roomy, tight = build(parts, 1000, by_words), build(parts, 300, by_words)
    assert len(roomy.messages) == 4 + 2 * len(EXAMPLES)
    assert roomy.messages[1].content.endswith(EXAMPLES[0].question)
    assert len(tight.messages) == 4
    assert tight.complete


def test_the_best_note_stands_next_to_the_question() -> None:
    parts = PromptParts("Where do I live?", notes=(Note("Lives in Ghent", "3 March 2026"), Note("Has a cat")))
    assert layout(parts)[-1].content == "My notes:\n- Has a cat\n- 3 March 2026: Lives in Ghent\n\nWhere do I live?"


def test_no_room_at_all_is_an_error() -> None:
    with pytest.raises(TooLargeError):
        build(PromptParts("What?"), 5, by_words)


@given(st.text(max_size=300), st.integers(0, 300))
def test_a_cut_text_keeps_both_ends(text: str, kept: int) -> None:
    cut = cut_middle(text, kept)
    if kept >= len(text):
        assert cut == text
    else:
        assert cut.startswith(text[: (kept + 1) // 2])
        assert cut.endswith(text[len(text) - kept // 2 :] if kept // 2 else "")
        assert f"{len(text) - kept:,} characters left out" in cut


def test_a_history_beyond_any_context_is_not_counted_whole() -> None:
    counted: list[int] = []

    def count(messages: tuple[ChatMessage, ...]) -> int:
        counted.append(sum(len(message.content) for message in messages))
        return by_words(messages)

    history = tuple(Turn("user" if number % 2 == 0 else "assistant", "the rain falls " * 100) for number in range(400))
    prompt = build(PromptParts("Hello?", history=history), 1_000, count)
    assert max(counted) < 110_000
    assert prompt.tokens <= 1_000
    assert len(prompt.messages) == 2 + 3, "as many of the newest turns as fit"
    assert prompt.dropped_turns == 397
