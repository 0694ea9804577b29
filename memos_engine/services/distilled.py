"""Memories in the place of the turns that they were made from: what a small model reads best is short."""

from collections.abc import Sequence
from dataclasses import replace

from memos_engine.cube import items, sources
from memos_engine.governance.gate import Grant
from memos_engine.lifecycle.wording import content_words, stem
from memos_engine.services.home import OpenHome
from memos_engine.types import Kind, Memory, Recalled

_COVERED = 0.6
"""Share of a turn's words that its memories must hold, to stand for it."""


def distilled(home: OpenHome, grant: Grant, recalled: Sequence[Recalled]) -> list[Recalled]:
    """`recalled` with each turn replaced by the memories made from it, where they say nearly all that it says.

    They take over the turn's score and its reasons; a memory that is there already is not repeated.
    """
    seen = {item.memory.id for item in recalled if item.memory.kind is not Kind.MESSAGE}
    told: list[Recalled] = []
    for item in recalled:
        made = _made_from(home, grant, item.memory) if item.memory.kind is Kind.MESSAGE else []
        if not made or not _cover(made, item.memory.text):
            told.append(item)
            continue
        told += [replace(item, memory=memory) for memory in made if memory.id not in seen]
        seen.update(memory.id for memory in made)
    return told


def _made_from(home: OpenHome, grant: Grant, turn: Memory) -> list[Memory]:
    message_ids = [source.message_id for source in turn.sources if source.message_id]
    with home.shelf.get(turn.cube_id).read() as session:
        made = items.by_ids(session, sources.items_from_messages(session, message_ids), grant.scope)
        return items.to_memories(session, made, turn.cube_id)


def _cover(memories: Sequence[Memory], text: str) -> bool:
    said = {stem(word) for word in content_words(text)}
    held = {stem(word) for memory in memories for word in content_words(memory.text)}
    return len(said & held) >= _COVERED * len(said)
