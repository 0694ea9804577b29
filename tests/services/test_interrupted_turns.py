"""Turns that are stopped, overtaken by a lock, or left by their branch, while something still waits."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from memos_engine.errors import CancelledError, LockedError
from memos_engine.memory_os import MemoryOS
from memos_engine.types import CancelToken, ChatEvent, Conversation, MemoryFilter, TextDelta


@pytest.fixture
def slow_reader(memory: MemoryOS, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Lets the reader of chats begin only when the event is set."""
    go_on, read = threading.Event(), memory._home.reader.read

    def wait(*words: Any, **more: Any) -> Any:
        go_on.wait()
        return read(*words, **more)

    monkeypatch.setattr(memory._home.reader, "read", wait)
    return go_on


def kept(memory: MemoryOS) -> list[str]:
    return [item.text for item in memory.memories.browse(MemoryFilter()).memories]


def once_it_writes(call: Callable[[], object]) -> Callable[[ChatEvent], None]:
    """A listener that makes one call at the first words of a reply."""
    done: list[object] = []

    def hear(event: ChatEvent) -> None:
        if isinstance(event, TextDelta) and not done:
            done.append(True)
            call()

    return hear


def test_a_stop_waits_for_no_reader_and_what_was_said_is_read_afterwards(
    memory: MemoryOS, slow_reader: threading.Event
) -> None:
    cancel = CancelToken()
    said = "I am allergic to peanuts."
    memory.chats.send(memory.chats.create().id, said, cancel=cancel, on_event=once_it_writes(cancel.cancel))
    slow_reader.set()
    assert memory.jobs.wait_idle(60)
    assert kept(memory) == ["Allergic to peanuts"]


def test_a_lock_waits_for_no_reader_of_a_turn(homes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = homes.open()
    go_on, ended = threading.Event(), threading.Event()
    read = memory._home.reader.read
    monkeypatch.setattr(memory._home.reader, "read", lambda *said, **more: (go_on.wait(), read(*said, **more))[1])
    chat = memory.chats.create().id

    def turn() -> None:
        memory.chats.send(chat, "I am allergic to peanuts.", on_event=once_it_writes(locking.start))
        ended.set()
        go_on.set()  # the reader's thread itself has to come to its end

    locking = threading.Thread(target=memory.access.lock)
    turning = threading.Thread(target=turn)
    turning.start()
    assert ended.wait(60)
    turning.join()
    locking.join()

    memory.access.unlock(passphrase=homes.passphrase)
    assert memory.status().waiting_to_read == 1


def test_a_turn_that_waits_for_another_is_not_taken_once_the_home_is_locked(homes: Any) -> None:
    memory = homes.open()
    chat = memory.chats.create().id
    faults: list[Exception] = []
    in_line = threading.Event()

    class Line(dict[CancelToken, Conversation]):
        def __setitem__(self, token: CancelToken, conversation: Conversation) -> None:
            super().__setitem__(token, conversation)
            if len(self) == 2:
                in_line.set()

    memory.chats._running = Line()

    def second() -> None:
        try:
            memory.chats.send(chat, "And what is a pear?")
        except CancelledError as error:
            faults.append(error)

    def go() -> None:
        waiting.start()
        assert in_line.wait(60)
        locking.start()

    waiting, locking = threading.Thread(target=second), threading.Thread(target=memory.access.lock)
    memory.chats.send(chat, "What is an apple?", on_event=once_it_writes(go))
    waiting.join()
    locking.join()
    assert len(faults) == 1
    memory.access.unlock(passphrase=homes.passphrase)
    assert [message.text for message in memory.chats.thread(chat) if message.role == "person"] == ["What is an apple?"]


def test_no_model_is_loaded_for_a_locked_home(homes: Any) -> None:
    memory = homes.open()
    memory.access.lock()
    with pytest.raises(LockedError):
        memory._home.ready_model()


def test_what_is_said_on_a_branch_that_was_left_meanwhile_is_remembered_when_it_is_shown_again(
    memory: MemoryOS,
) -> None:
    chat = memory.chats.create().id
    first = memory.chats.send(chat, "Hello there.")
    aside = memory.chats.regenerate(first.message.id)
    said = memory.chats.send(
        chat, "I am allergic to peanuts.", on_event=once_it_writes(lambda: memory.chats.show_branch(first.message.id))
    )
    assert kept(memory) == []
    assert said.changes.memories == ()
    memory.chats.show_branch(aside.message.id)
    assert memory.jobs.wait_idle(60)
    assert kept(memory) == ["Allergic to peanuts"]
