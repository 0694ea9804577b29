"""Recall through the door, and Ctrl+K."""

import json
from pathlib import Path

import pytest

from memos_engine.errors import LockedError
from memos_engine.memory_os import MemoryOS
from memos_engine.services.recall import command_call
from memos_engine.types import HitKind


@pytest.fixture
def told(memory: MemoryOS, tmp_path: Path) -> MemoryOS:
    """A home with a conversation and two memories by hand."""
    file = tmp_path / "moving.jsonl"
    lines = [
        {"id": "m1", "conversation": "Moving house", "speaker": "me", "text": "I moved to Ghent."},
        {"id": "m2", "conversation": "Moving house", "speaker": "Ana", "text": "I baked a peanut cake."},
        {"id": "m3", "conversation": "Moving house", "speaker": "me", "text": "I'm allergic to peanuts, sorry."},
    ]
    file.write_text("".join(json.dumps(line | {"time": "2026-03-03T14:05:00"}) + "\n" for line in lines))
    memory.imports.ingest([file], read=False)
    memory.memories.remember("Allergic to peanuts")
    memory.memories.remember("Plays the violin")
    return memory


def test_a_batch_answers_each_question_in_order(told: MemoryOS) -> None:
    questions = ["musical instrument", "Where do I live?", "peanuts"]
    together = list(told.recall.recall_batch(command_call(question) for question in questions))
    assert [[item.memory.id for item in found] for found in together] == [
        [item.memory.id for item in told.recall.recall(command_call(question))] for question in questions
    ]
    assert together[0][0].memory.text == "Plays the violin"


def test_a_locked_vault_recalls_nothing(told: MemoryOS) -> None:
    told.access.lock()
    with pytest.raises(LockedError):
        told.recall.recall(command_call("peanuts"))
    with pytest.raises(LockedError):
        told.recall.search("peanuts")


@pytest.mark.parametrize("typed", ["pea", "peanut", "peanuts", "PEANUTS", "allergic pean"])
def test_search_finds_what_is_typed_so_far(told: MemoryOS, typed: str) -> None:
    texts = {hit.text for hit in told.recall.search(typed)}
    assert "I'm allergic to peanuts, sorry." in texts
    assert "Plays the violin" not in texts


def test_search_finds_titles_messages_and_memories(told: MemoryOS) -> None:
    title, *_ = told.chats.conversations()
    told.chats.rename(title.id, "Peanuts and other nuts")
    hits = told.recall.search("peanut")
    assert {hit.kind for hit in hits} == set(HitKind)
    assert hits[0].kind is HitKind.CONVERSATION
    for hit in hits:
        if hit.kind is HitKind.MEMORY:
            assert told.memories.get(hit.id).text == hit.text
        else:
            assert hit.conversation_id == title.id


def test_search_leaves_removed_memories_out_and_keeps_its_limit(told: MemoryOS) -> None:
    (hit,) = [hit for hit in told.recall.search("peanut") if hit.kind is HitKind.MEMORY]
    told.memories.remove([hit.id])
    assert not [hit for hit in told.recall.search("peanut") if hit.kind is HitKind.MEMORY]
    assert len(told.recall.search("p", limit=2)) == 2


@pytest.mark.parametrize("typed", ["", "  ", '"', "(", "NEAR(", "🎉", "\0", "x" * 10_000, "AND"])
def test_search_takes_anything(told: MemoryOS, typed: str) -> None:
    assert told.recall.search(typed) == ()


def test_words_that_were_edited_away_are_found_in_their_chat_and_recalled_no_more(memory: MemoryOS) -> None:
    chat = memory.chats.create()
    reply = memory.chats.send(chat.id, "I live in Porto with my cat Biscuit.")
    memory.chats.edit(reply.message.parent_id, "I live in Lisbon with my dog Pudding.")
    recalled = {item.memory.text for item in memory.recall.recall(command_call("Porto cat Biscuit"))}
    assert not any("Biscuit" in text for text in recalled)
    assert any("Pudding" in text for text in recalled)
    assert any("Biscuit" in hit.text for hit in memory.recall.search("Biscuit"))
