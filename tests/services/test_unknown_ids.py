"""An id that does not exist: every call of every service that takes one says so, and changes nothing."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memos_engine.errors import NotFoundError
from memos_engine.memory_os import MemoryOS
from memos_engine.types import Agreement, MemoryChanges

UNKNOWN = "nosuch"
IDS: dict[str, Any] = {
    **dict.fromkeys(("memory_id", "conversation_id", "message_id", "cube", "cube_id", "review_id", "job_id"), UNKNOWN),
    "operation": UNKNOWN,
    "memory_ids": [UNKNOWN],
}
TAKES_WHAT_IS_THERE = {"memories.get_many"}
"""Gives what it finds: of what a chat remembered once, some may be forgotten."""
OTHERS: dict[str, Any] = {
    **dict.fromkeys(("text", "title", "name"), "some words"),
    **dict.fromkeys(("pinned", "archived", "on", "allowed", "forget_learned"), True),
    "decision": Agreement.ACCEPT,
    "paths": [Path(__file__)],
    "unsent": (),
}


def calls(memory: MemoryOS) -> dict[str, Callable[[], object]]:
    """Every public call that takes an id, with one that does not exist."""
    found: dict[str, Callable[[], object]] = {}
    for service in ("chats", "memories", "recall", "cubes", "models", "imports", "archives", "jobs"):
        for name, call in inspect.getmembers(getattr(memory, service), inspect.ismethod):
            parameters = inspect.signature(call).parameters.values()
            if name.startswith("_") or not any(each.name in IDS for each in parameters):
                continue
            if f"{service}.{name}" in TAKES_WHAT_IS_THERE:
                assert not call([UNKNOWN])
                continue
            given = {
                each.name: IDS[each.name] if each.name in IDS else OTHERS[each.name]
                for each in parameters
                if each.name in IDS or each.default is each.empty
            }
            found[f"{service}.{name}"] = lambda call=call, given=given: call(**given)  # type: ignore[misc]
    return found


def test_every_call_with_an_id_that_does_not_exist_says_so_and_changes_nothing(memory: MemoryOS) -> None:
    memory.memories.remember("Likes tea")
    told: list[MemoryChanges] = []
    memory.subscribe(told.append)
    before = memory.status().cubes
    asked = calls(memory)
    assert len(asked) > 30
    for name, call in asked.items():
        with pytest.raises(NotFoundError) as caught:
            call()
        assert caught.value.hint, name
        assert caught.value.message.startswith("There is no"), name
    assert told == []
    assert memory.status().cubes == before
