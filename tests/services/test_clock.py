"""A clock that is set back: what comes later still counts as later, and no change goes unseen."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from memos_engine import types
from memos_engine.memory_os import MemoryOS
from memos_engine.services.recall import command_call
from memos_engine.types import CancelToken, MemoryFilter, Reply, Role

SetBack = Callable[[dt.timedelta], None]


@pytest.fixture
def set_back(monkeypatch: pytest.MonkeyPatch) -> SetBack:
    """Sets the clock of the engine back by so much."""
    behind = [dt.timedelta()]

    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
            return dt.datetime.now(tz) - behind[0]

    monkeypatch.setitem(types.now.__globals__, "datetime", Clock)

    def by(much: dt.timedelta) -> None:
        behind[0] = much

    return by


def said(memory: MemoryOS, conversation: str, text: str) -> Reply:
    """One turn, whose reply is stopped before its first word: it is not what is looked at here."""
    stop = CancelToken()
    return memory.chats.send(conversation, text, on_event=lambda _: stop.cancel(), cancel=stop)


def found(memory: MemoryOS, query: str) -> list[str]:
    return [each.memory.text for each in memory.recall.recall(command_call(query))]


def current(memory: MemoryOS) -> set[str]:
    return {each.text for each in memory.memories.browse(MemoryFilter()).memories}


def test_what_is_said_after_the_clock_was_set_back_still_replaces_what_was_said_before(
    memory: MemoryOS, set_back: SetBack
) -> None:
    first, second = memory.chats.create().id, memory.chats.create().id
    said(memory, first, "I live in Porto.")
    set_back(dt.timedelta(hours=5))
    said(memory, first, "I live in Ghent now.")
    assert "Lives in Porto" not in current(memory)
    said(memory, second, "I live in Oslo now.")
    assert {"Lives in Oslo"} == {text for text in current(memory) if text.startswith("Lives in")}


def test_a_conversation_keeps_its_order_however_far_the_clock_goes_back(memory: MemoryOS, set_back: SetBack) -> None:
    chat = memory.chats.create().id
    for number, days in enumerate((0, 1 / 24, 4_000)):
        set_back(dt.timedelta(days=days))
        said(memory, chat, f"This is message {number}.")
    thread = memory.chats.thread(chat)
    assert [each.text for each in thread if each.role is Role.PERSON] == [f"This is message {at}." for at in range(3)]
    assert all(reply.time >= question.time for question, reply in zip(thread[::2], thread[1::2], strict=True))


def test_each_change_after_the_clock_was_set_back_reaches_the_search_and_undo_takes_the_last_one(
    memory: MemoryOS, set_back: SetBack
) -> None:
    (item,) = memory.memories.remember("My bicycle is green").ids
    memory.memories.remember("My boat is old")
    assert "My bicycle is green" in found(memory, "bicycle")
    set_back(dt.timedelta(days=400))
    memory.memories.remove([item])
    assert "My bicycle is green" not in found(memory, "bicycle")
    memory.memories.undo()
    assert "My bicycle is green" in found(memory, "bicycle")
    memory.memories.edit(item, "My bicycle is blue")
    assert "My bicycle is green" not in found(memory, "bicycle")
    assert "My bicycle is blue" in found(memory, "bicycle")
    assert [step.text for step in memory.memories.history(item)][-1] == "My bicycle is blue"
    memory.memories.undo()
    assert memory.memories.get(item).text == "My bicycle is green"


def test_another_process_sees_what_changed_after_the_clock_was_set_back(
    memory: MemoryOS, homes: object, set_back: SetBack
) -> None:
    (item,) = memory.memories.remember("My bicycle is green").ids
    beside = homes.open()  # type: ignore[attr-defined]
    assert "My bicycle is green" in found(beside, "bicycle")
    set_back(dt.timedelta(days=400))
    memory.memories.remove([item])
    assert "My bicycle is green" not in found(beside, "bicycle")


@pytest.mark.parametrize(
    "time", [dt.datetime(1, 1, 1, tzinfo=dt.UTC), dt.datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC)]
)
def test_the_first_and_the_last_moment_that_a_date_can_be(memory: MemoryOS, time: dt.datetime) -> None:
    (item,) = memory.memories.remember("The comet comes", valid_from=time).ids
    memory.memories.edit(item, "The comet comes again", valid_from=time, valid_to=time)
    held = memory.memories.get(item)
    assert (held.valid_from, held.valid_to) == (time, time)
    memory.recall.recall(command_call("comet", as_of=time))
    asked = (MemoryFilter(since=time, current_only=False), MemoryFilter(until=time, current_only=False))
    seen = [memory.memories.browse(each).total for each in asked]
    assert seen == ([1, 0] if time.year == 1 else [0, 1])
    memory.memories.remove([item])
    memory.memories.undo()
    memory.memories.forget([item])
    assert memory.memories.browse(MemoryFilter()).total == 0


def test_words_for_years_that_no_date_has_are_remembered_as_words(memory: MemoryOS) -> None:
    text = (
        "I moved to Ghent in the year 9999. I was born in the year 0. I was born on 0000-00-00 and I will marry on 31 "
        "December 9999. I worked at Philips from 1 to 10000. I moved to Rome 3000 years ago and will move to Mars in "
        "20000 years. I married on 99/99/9999."
    )
    reply = said(memory, memory.chats.create().id, text)
    assert reply.question.text == text
    kept = [each.memory for each in reply.changes.memories if each.memory]
    assert any("9999" in each.text and each.valid_from is None for each in kept)
    memory.recall.recall(command_call(text))


def test_undo_takes_the_last_one_back_though_the_clock_was_set_back_after_an_import(
    memory: MemoryOS, set_back: SetBack, tmp_path: Path
) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text("The cello is in the attic.")
    imported = memory.imports.ingest([notes], read=False).changes.operation
    set_back(dt.timedelta(days=400))
    memory.memories.remember("My boat is old")
    assert memory.memories.last_operation().label == "Remember 1 memory"
    memory.memories.undo()
    assert memory.memories.last_operation().operation == imported
    memory.memories.undo()
    assert found(memory, "cello") == []
