"""The trash, expiry, what falls with its parent, what an edited message takes along, and what a deleted chat leaves."""

from datetime import timedelta

import pytest

from memos_engine.cube import conversations, items
from memos_engine.errors import InputError
from memos_engine.types import Kind, Origin, State, now

from .conftest import Desk, day, said

CANARY = "zanzibarquux"


def moved_to(desk: Desk, town: str, time: str = "2026-01-01", conversation: str = "talk") -> str:
    """Tell of a move; returns the message's id."""
    words = f"I moved to {town}"
    lives = said(words, f"Lives in {town}", slot="residence", value=town, origin=Origin.INFERENCE)
    changes = desk.tell(
        words, day(time), said(words, f"Moved to {town}", kind=Kind.EVENT, inferred=[lives]), conversation=conversation
    )
    memory = changes.memories[0].memory
    assert memory is not None
    assert memory.sources[0].message_id is not None
    return memory.sources[0].message_id


def test_what_was_inferred_falls_and_comes_back_with_its_parent(desk: Desk) -> None:
    moved_to(desk, "Rome")
    parent = desk.by_text("Moved to Rome")
    assert desk.by_text("Lives in Rome").parent_id == parent.id
    desk.lifecycle.remove([parent.id])
    assert desk.current() == []
    desk.lifecycle.restore([parent.id])
    assert desk.current() == ["Lives in Rome", "Moved to Rome"]


def test_what_was_said_by_itself_does_not_fall_with_what_it_also_follows_from(desk: Desk) -> None:
    moved_to(desk, "Rome")
    words = "I live in Rome"
    desk.tell(words, day("2026-01-05"), said(words, "Lives in Rome", slot="residence", value="Rome"))
    desk.lifecycle.remove([desk.by_text("Moved to Rome").id])
    assert desk.current() == ["Lives in Rome"]


def test_what_follows_from_two_memories_falls_with_the_last_of_them(desk: Desk) -> None:
    moved_to(desk, "Rome")
    words = "my move to Rome was hard"
    lives = said(words, "Lives in Rome", slot="residence", value="Rome", origin=Origin.INFERENCE)
    desk.tell(words, day("2026-01-05"), said(words, "Found the move to Rome hard", kind=Kind.EVENT, inferred=[lives]))
    desk.lifecycle.remove([desk.by_text("Moved to Rome").id])
    assert desk.current() == ["Found the move to Rome hard", "Lives in Rome"]
    desk.lifecycle.remove([desk.by_text("Found the move to Rome hard").id])
    assert desk.current() == []


def test_editing_the_parent_drops_what_its_new_words_do_not_say(desk: Desk) -> None:
    moved_to(desk, "Rome")
    parent = desk.by_text("Moved to Rome")
    desk.lifecycle.edit(parent.id, "Moved to Rome with Ana")
    assert "Lives in Rome" in desk.current()
    desk.lifecycle.edit(parent.id, "Moved to Paris")
    assert desk.current() == ["Moved to Paris"]


def test_only_what_is_in_the_trash_is_restored(desk: Desk) -> None:
    desk.tell("I like tea", day("2026-01-01"), said("I like tea", "Likes tea"))
    with pytest.raises(InputError):
        desk.lifecycle.restore([desk.by_text("Likes tea").id])


def test_a_lifespan_ends_and_restoring_gives_a_new_life_but_pinned_ones_stay(desk: Desk) -> None:
    for name in ("Likes tea", "Has a dog"):
        desk.tell(name, day("2026-01-01"), said(name, name))
    with desk.store.write() as session:
        for memory in desk.memories():
            row = items.by_id(session, memory.id)
            row.lifespan = now() + timedelta(days=10)
            row.pinned = row.text == "Has a dog"
            items.save(session, row)
    assert not desk.lifecycle.expire(trash_days=30).memories
    desk.lifecycle.expire(trash_days=30, at=now() + timedelta(days=11))
    assert desk.by_text("Likes tea").state is State.EXPIRED
    assert desk.by_text("Has a dog").state is State.ACTIVATED
    desk.lifecycle.restore([desk.by_text("Likes tea").id])
    assert desk.by_text("Likes tea").lifespan is None
    assert "Likes tea" in desk.current()


def test_old_trash_is_erased_but_the_conversation_keeps_its_words(desk: Desk) -> None:
    words = f"I like {CANARY}"
    message = desk.message(words, day("2026-01-01"))
    from memos_engine.lifecycle.provenance import Provenance

    candidate = said(words, f"Likes {CANARY}")
    where = Provenance(day("2026-01-01"), message_id=message)
    desk.lifecycle.absorb(desk.store, [candidate], where)
    desk.lifecycle.remove([desk.by_text(f"Likes {CANARY}").id])
    desk.lifecycle.expire(trash_days=30)
    assert len(desk.memories()) == 1, "not yet"
    desk.lifecycle.expire(trash_days=30, at=now() + timedelta(days=31))
    assert desk.memories() == []
    assert desk.message_text(message) == words
    desk.lifecycle.absorb(desk.store, [candidate], where)
    assert desk.memories() == [], "what was thrown away is not read again"


def test_emptying_the_trash_forgets_the_words_too(desk: Desk) -> None:
    words = f"I like {CANARY}"
    message = desk.message(words, day("2026-01-01"))
    from memos_engine.lifecycle.provenance import Provenance

    desk.lifecycle.absorb(desk.store, [said(words, f"Likes {CANARY}")], Provenance(now(), message_id=message))
    desk.lifecycle.remove([desk.by_text(f"Likes {CANARY}").id])
    assert len(desk.lifecycle.empty_trash().memories) == 1
    assert desk.memories() == []
    assert CANARY not in desk.message_text(message)
    assert desk.lifecycle.empty_trash().memories == ()


def test_editing_a_message_takes_along_what_was_remembered_from_it_and_the_old_value_returns(desk: Desk) -> None:
    moved_to(desk, "Ghent", "2026-01-01")
    message = moved_to(desk, "Rome", "2026-02-01")
    assert desk.by_text("Lives in Ghent").superseded_by
    changes = desk.lifecycle.rollback_messages(desk.store, [message])
    assert desk.current() == ["Lives in Ghent", "Moved to Ghent"]
    assert desk.by_text("Lives in Ghent").valid_to is None
    desk.lifecycle.undo(changes.operation)
    assert desk.current() == ["Lives in Rome", "Moved to Ghent", "Moved to Rome"]


def test_editing_a_message_leaves_what_was_confirmed_and_what_others_said_too(desk: Desk) -> None:
    first = desk.message("I like tea and I like milk", day("2026-01-01"))
    from memos_engine.lifecycle.provenance import Provenance

    words = "I like tea and I like milk"
    both = [said(words, "Likes tea", "I like tea"), said(words, "Likes milk", "I like milk")]
    desk.lifecycle.absorb(desk.store, both, Provenance(day("2026-01-01"), message_id=first))
    desk.tell("I like tea", day("2026-01-02"), said("I like tea", "Likes tea"))
    desk.lifecycle.confirm([desk.by_text("Likes milk").id])
    assert len(desk.by_text("Likes tea").sources) == 2
    desk.lifecycle.rollback_messages(desk.store, [first])
    assert desk.current() == ["Likes milk", "Likes tea"]
    assert [source.quote for source in desk.by_text("Likes tea").sources] == ["I like tea"]
    desk.lifecycle.undo()
    assert len(desk.by_text("Likes tea").sources) == 2


def test_history_between_two_rolled_back_values_is_closed_up(desk: Desk) -> None:
    moved_to(desk, "Porto", "2024-01-01")
    middle = moved_to(desk, "Ghent", "2025-01-01")
    moved_to(desk, "Rome", "2026-01-01")
    desk.lifecycle.rollback_messages(desk.store, [middle])
    porto = desk.by_text("Lives in Porto")
    assert porto.superseded_by == desk.by_text("Lives in Rome").id
    assert porto.valid_to == day("2026-01-01")


def test_a_deleted_chat_leaves_what_was_learned_with_its_quotes(desk: Desk) -> None:
    moved_to(desk, "Rome", conversation="gone")
    changes = desk.lifecycle.delete_conversation("gone", forget_learned=False)
    assert changes.conversations == ("gone",)
    memory = desk.by_text("Moved to Rome")
    assert [(source.quote, source.message_id) for source in memory.sources] == [("I moved to Rome", None)]
    with desk.store.read() as session:
        assert conversations.find(session, "gone") is None


def test_a_deleted_chat_can_take_what_was_learned_along(desk: Desk) -> None:
    moved_to(desk, "Rome", conversation="gone")
    desk.tell("I like tea", day("2026-01-02"), said("I like tea", "Likes tea"), conversation="gone")
    desk.tell("I like tea", day("2026-01-03"), said("I like tea", "Likes tea"), conversation="stays")
    changes = desk.lifecycle.delete_conversation("gone", forget_learned=True)
    assert len(changes.memories) == 2
    assert [memory.text for memory in desk.memories()] == ["Likes tea"]


def test_what_an_edited_message_still_says_is_read_there_again(desk: Desk) -> None:
    from memos_engine.cube import messages
    from memos_engine.lifecycle.provenance import Provenance

    words = "I like tea. I like milk."
    message = desk.message(words, day("2026-01-01"))
    where = Provenance(day("2026-01-01"), message_id=message)
    both = [said(words, "Likes tea", "I like tea."), said(words, "Likes milk", "I like milk.")]
    desk.lifecycle.absorb(desk.store, both, where, actor="import")
    desk.lifecycle.rollback_messages(desk.store, [message])
    reworded = "I like tea. I like juice."
    with desk.store.write() as session:
        messages.save_text(session, messages.by_id(session, message), reworded)
    again = [said(reworded, "Likes tea", "I like tea."), said(reworded, "Likes juice", "I like juice.")]
    desk.lifecycle.absorb(desk.store, again, where, actor="import")
    assert desk.current() == ["Likes juice", "Likes tea"]
    desk.lifecycle.expire(trash_days=30, at=now() + timedelta(days=31))
    desk.tell("I like milk.", now(), said("I like milk.", "Likes milk"), actor="import", conversation="old")
    assert "Likes milk" in desk.current(), "nobody threw it away"
