"""What a conversation shows is what counts: its turns and what was learned from them, after any switching."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memos_engine.cube import conversations, messages
from memos_engine.cube.ids import new_id
from memos_engine.cube.tables import ConversationRow, MessageRow
from memos_engine.lifecycle.provenance import Provenance
from memos_engine.types import Candidate, Role, State

from .conftest import Desk, day, said

START = day("2026-01-01")


def say(desk: Desk, text: str, parent: str | None, *candidates: Candidate, minute: int = 0) -> str:
    """Say something behind a message, as the chat does; returns the message's id."""
    time = START + timedelta(minutes=minute)
    with desk.lifecycle.on_branch(desk.store, "talk", parent) as (change, _):
        row = MessageRow(id="", conversation_id="talk", parent_id=parent, role=Role.PERSON, text=text, time=time)
        said_id = messages.add(change.session, row).id
    desk.lifecycle.absorb(desk.store, candidates, Provenance(time, message_id=said_id))
    return said_id


def show(desk: Desk, message_id: str | None) -> None:
    with desk.lifecycle.on_branch(desk.store, "talk", message_id):
        pass


def lives(words: str, town: str) -> Candidate:
    return said(words, f"Lives in {town}", slot="residence", value=town)


def test_words_that_were_edited_away_reach_no_answer_until_their_branch_is_shown_again(desk: Desk) -> None:
    first = desk.message("The plumber's number is 555-0199.", START)
    say(desk, "The plumber's number is 555-0142.", None)
    assert desk.recalled("plumber's number") == ["The plumber's number is 555-0142."]
    show(desk, first)
    assert desk.recalled("plumber's number") == ["The plumber's number is 555-0199."]


def test_memories_leave_and_return_with_their_branch_and_so_does_what_they_had_replaced(desk: Desk) -> None:
    desk.tell("I live in Oslo", day("2025-01-01"), lives("I live in Oslo", "Oslo"), conversation="older")
    opening = desk.message("Hello", START)
    porto = say(desk, "I live in Porto", opening, lives("I live in Porto", "Porto"))
    assert desk.current() == ["Lives in Porto"]
    ghent = say(desk, "I live in Ghent", opening, lives("I live in Ghent", "Ghent"), minute=1)
    assert desk.current() == ["Lives in Ghent"]
    assert desk.recalled("Where do I live?")[0] == "Lives in Ghent"
    assert not [text for text in desk.recalled("Where do I live?") if "Porto" in text or "Oslo" in text]
    show(desk, porto)
    assert desk.current() == ["Lives in Porto"]
    assert not [text for text in desk.recalled("Where do I live?") if "Ghent" in text]
    show(desk, opening)
    assert desk.current() == ["Lives in Oslo"]
    show(desk, ghent)
    assert desk.current() == ["Lives in Ghent"]
    assert desk.memories(State.ARCHIVED)[0].text == "Lives in Porto"


def test_what_the_person_confirmed_or_said_elsewhere_stays_whatever_is_shown(desk: Desk) -> None:
    opening = desk.message("Hello", START)
    words = "I like tea and I like milk"
    both = (said(words, "Likes tea", "I like tea"), said(words, "Likes milk", "I like milk"))
    told = say(desk, words, opening, *both)
    desk.tell("I like tea", day("2026-02-01"), said("I like tea", "Likes tea"), conversation="other")
    desk.lifecycle.confirm([desk.by_text("Likes milk").id])
    show(desk, opening)
    assert desk.current() == ["Likes milk", "Likes tea"]
    assert len(desk.by_text("Likes tea").sources) == 1
    show(desk, told)
    assert len(desk.by_text("Likes tea").sources) == 2


def test_a_memory_of_two_conversations_goes_when_neither_shows_it(desk: Desk) -> None:
    opening = desk.message("Hello", START)
    told = say(desk, "I like tea", opening, said("I like tea", "Likes tea"))
    other = desk.message("Hi", day("2026-02-01"), conversation="other")
    with desk.lifecycle.on_branch(desk.store, "other", other) as (change, _):
        row = MessageRow(id="", conversation_id="other", parent_id=other, text="I like tea", time=day("2026-02-02"))
        again = messages.add(change.session, row).id
    where = Provenance(day("2026-02-02"), message_id=again)
    desk.lifecycle.absorb(desk.store, [said("I like tea", "Likes tea")], where)
    show(desk, opening)
    assert desk.current() == ["Likes tea"]
    with desk.lifecycle.on_branch(desk.store, "other", other):
        pass
    assert desk.current() == []
    show(desk, told)
    assert desk.current() == ["Likes tea"]
    assert desk.recalled("Do I like tea?")[0] == "Likes tea"


def test_a_message_and_the_switch_that_it_makes_are_one_write(desk: Desk) -> None:
    opening = desk.message("Hello", START)
    say(desk, "I like tea", opening, said("I like tea", "Likes tea"))

    def cut() -> None:
        with desk.lifecycle.on_branch(desk.store, "talk", opening):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cut()
    assert desk.current() == ["Likes tea"]
    assert "I like tea" in [row.text for row in thread(desk)]


def thread(desk: Desk) -> list[MessageRow]:
    with desk.store.read() as session:
        return messages.thread(session, "talk")


def test_the_undo_of_a_switch_gives_the_memories_back(desk: Desk) -> None:
    opening = desk.message("Hello", START)
    say(desk, "I like tea", opening, said("I like tea", "Likes tea"))
    show(desk, opening)
    assert desk.current() == []
    desk.lifecycle.undo()
    assert desk.current() == ["Likes tea"]


def test_unread_words_of_a_hidden_branch_wait_for_it(desk: Desk) -> None:
    first = desk.message("I like tea", START)
    say(desk, "I like milk", None)
    with desk.store.read() as session:
        assert messages.unread(session, 9) == []
    show(desk, first)
    with desk.store.read() as session:
        assert [row.id for row in messages.unread(session, 9)] == [first]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_an_answer_sees_what_is_shown_and_nothing_else(desk: Desk, data: st.DataObject) -> None:
    """Any tree of turns, with and without memories, under any switching."""
    talk = new_id()
    parents: list[int | None] = []
    ids: list[str] = []
    learned: set[int] = set()
    with desk.store.write() as session:
        conversations.add(session, ConversationRow(id=talk))
    for number in range(data.draw(st.integers(2, 7))):
        parent = data.draw(st.integers(-1, number - 1))
        parents.append(parent if parent >= 0 else None)
        text, time = f"walnut{number} is a word of {talk}", START + timedelta(minutes=number)
        behind = ids[parent] if parent >= 0 else None
        with desk.lifecycle.on_branch(desk.store, talk, behind) as (change, _):
            row = MessageRow(id=new_id(), conversation_id=talk, parent_id=behind, text=text, time=time)
            ids.append(messages.add(change.session, row).id)
        if data.draw(st.booleans()):
            where = Provenance(time, message_id=ids[-1])
            desk.lifecycle.absorb(desk.store, [said(text, f"Knows walnut{number} of {talk}")], where)
            learned.add(number)
    at: int | None = len(ids) - 1
    for switch in data.draw(st.lists(st.integers(0, len(ids) - 1), max_size=4)):
        with desk.lifecycle.on_branch(desk.store, talk, ids[switch]):
            at = switch
    shown: set[int] = set()
    while at is not None:
        shown.add(at)
        at = parents[at]
    seen = " ".join(text for text in desk.recalled(f"words of {talk}") if talk in text)
    assert {number for number in range(len(ids)) if f"walnut{number} " in seen} == shown
    assert {text for text in desk.current() if talk in text} == {f"Knows walnut{n} of {talk}" for n in learned & shown}
