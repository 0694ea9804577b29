"""The interactive chat, typed into a pipe."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from memos_engine.cli.terminal_chat import TerminalChat
from memos_engine.cli.turns import Turns
from memos_engine.memory_os import MemoryOS
from memos_engine.types import MemoryFilter

Type = Callable[..., str]


@pytest.fixture
def memory(home: Path) -> Iterator[MemoryOS]:
    opened = MemoryOS.open(home, housekeeping=False)
    opened.access.initialise(use_keyring=False, passphrase="open sesame")
    opened.settings.set("chat.max_tokens", 16)
    yield opened
    opened.close()


@pytest.fixture
def type_in(memory: MemoryOS, capsys: pytest.CaptureFixture[str]) -> Type:
    """Types lines into a fresh chat, then ends it; what stood on the screen."""

    def type_lines(*lines: str) -> str:
        with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
            chat = TerminalChat(memory, Turns(memory, memory.chats.create()))
            pipe.send_text("".join(f"{line}\n" for line in (*lines, "/quit")))
            chat.run()
        return capsys.readouterr().out

    return type_lines


def texts(memory: MemoryOS) -> list[str]:
    return [item.text for item in memory.memories.browse(MemoryFilter()).memories]


def test_what_was_remembered_is_numbered_and_can_be_mended_at_once(memory: MemoryOS, type_in: Type) -> None:
    out = type_in("I am allergic to peanuts.", "/edit 1 Allergic to walnuts", "/memories", "/undo")
    assert "[1] remembered: Allergic to peanuts" in out
    assert "[1] Allergic to walnuts" in out
    assert texts(memory) == ["Allergic to peanuts"]


def test_what_a_reply_used_is_numbered_behind_what_it_changed_and_can_be_forgotten(
    memory: MemoryOS, type_in: Type
) -> None:
    memory.memories.remember("Allergic to peanuts")
    memory.memories.remember("Lives in Ghent")
    out = type_in("What am I allergic to? I work as a carpenter.", "/forget 2")
    assert "[1] remembered: Works as a carpenter" in out
    assert "used: [2] Allergic to peanuts" in out
    assert "Forgotten." in out
    assert sorted(texts(memory)) == ["Lives in Ghent", "Works as a carpenter"]


def test_a_listed_memory_can_be_forgotten(memory: MemoryOS, type_in: Type) -> None:
    memory.memories.remember("Likes tea")
    out = type_in("/memories", "/forget 1", "/memories")
    assert "[1] Likes tea" in out
    assert "Forgotten." in out
    assert "Nothing is remembered yet." in out
    assert texts(memory) == []


def test_wrong_commands_are_told_and_the_chat_goes_on(type_in: Type) -> None:
    out = type_in("/nosuch", "/edit 3 text", "/undo", "/help")
    assert "There is no command /nosuch." in out
    assert "no such number" in out
    assert "/temporary" in out


def test_new_and_temporary_begin_other_conversations(memory: MemoryOS, type_in: Type) -> None:
    out = type_in("/new", "/temporary", "I live in Ghent.", "   ")
    assert "nothing is kept" in out
    assert texts(memory) == []
    assert [message.text for held in memory.chats.conversations() for message in memory.chats.thread(held.id)] == []
