"""Asking again without a memory: the same question and seed, side by side, and nothing of it is kept."""

import threading
from typing import Any

import pytest

from memos_engine.errors import CancelledError, InputError
from memos_engine.inference.prompt import Prompt
from memos_engine.memory_os import MemoryOS
from memos_engine.types import CancelToken, ComparisonText, Reply


@pytest.fixture
def sent(memory: MemoryOS, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the model was sent, each time."""
    prompts: list[str] = []
    generate = memory._home.host.generate

    def listen(prompt: Prompt, *arguments: Any, **named: Any) -> Any:
        prompts.append("\n".join(message.content for message in prompt.messages))
        return generate(prompt, *arguments, **named)

    monkeypatch.setattr(memory._home.host, "generate", listen)
    return prompts


def answered(memory: MemoryOS) -> tuple[Reply, str]:
    """A reply that used a memory, and the memory's id."""
    memory.settings.set("chat.max_tokens", 16)
    told = memory.chats.send(memory.chats.create().id, "I am allergic to peanuts.").changes.ids[0]
    reply = memory.chats.send(memory.chats.create().id, "What am I allergic to?")
    assert told in [item.memory.id for item in reply.used]
    return reply, told


def test_both_replies_are_made_from_the_same_prompt_but_for_the_masked_memory(memory: MemoryOS, sent: list[str]):
    reply, told = answered(memory)
    asked = sent[-1]
    heard: list[ComparisonText] = []
    comparison = memory.chats.ask_without(reply.message.id, [told], on_text=heard.append)
    whole, without = sent[-2:]
    assert whole == asked
    assert "llergic to peanuts" in whole
    assert "llergic to peanuts" not in without
    assert without.endswith("What am I allergic to?") == whole.endswith("What am I allergic to?")
    assert [memory.id for memory in comparison.masked] == [told]
    assert comparison.question == reply.question
    assert comparison.whole == "".join(text.text for text in heard if not text.masked)
    assert comparison.without == "".join(text.text for text in heard if text.masked)


def test_the_seed_is_the_same_for_both(memory: MemoryOS):
    reply, told = answered(memory)
    memory.settings.set("chat.temperature", 1.5)
    memory.settings.set("chat.seed", 7)
    once = memory.chats.ask_without(reply.message.id, [told])
    again = memory.chats.ask_without(reply.message.id, [told])
    assert (once.whole, once.without) == (again.whole, again.without)


def test_nothing_of_it_is_kept(memory: MemoryOS):
    reply, told = answered(memory)
    before = (memory.chats.thread(reply.conversation_id), memory.memories.get(told), memory.chats.conversations())
    memory.chats.ask_without(reply.message.id, [told])
    assert before == (
        memory.chats.thread(reply.conversation_id),
        memory.memories.get(told),
        memory.chats.conversations(),
    )


def test_a_memory_that_it_did_not_use_cannot_be_masked(memory: MemoryOS):
    reply, told = answered(memory)
    with pytest.raises(InputError, match="did not use"):
        memory.chats.ask_without(reply.message.id, ["another"])
    with pytest.raises(InputError, match="Only a reply"):
        memory.chats.ask_without(reply.question.id, [told])
    memory.memories.forget([told])
    with pytest.raises(InputError, match="gone by now"):
        memory.chats.ask_without(reply.message.id, [told])


def test_it_can_be_stopped(memory: MemoryOS):
    reply, told = answered(memory)
    cancel = CancelToken()
    with pytest.raises(CancelledError):
        memory.chats.ask_without(reply.message.id, [told], on_text=lambda _: cancel.cancel(), cancel=cancel)
    assert memory.chats.thread(reply.conversation_id)[-1].id == reply.message.id
    assert memory.chats.send(reply.conversation_id, "And now?").message.text, "the model goes on for others"


def test_a_lock_stops_it_in_a_chat_that_was_only_read(homes: Any):
    reply, told = answered(homes.open())
    homes.close()
    memory = homes.open()
    begun = threading.Event()
    raised: list[BaseException] = []

    def ask() -> None:
        try:
            memory.chats.ask_without(reply.message.id, [told], on_text=lambda _: begun.set())
        except CancelledError as error:
            raised.append(error)

    memory.settings.set("chat.max_tokens", 400)
    asking = threading.Thread(target=ask)
    asking.start()
    assert begun.wait(60)
    memory.access.lock()
    asking.join(60)
    assert not asking.is_alive()
    assert not memory._home.vault.is_open
    assert raised


def test_what_held_before_stands_in_both_replies_and_can_be_masked(memory: MemoryOS, sent: list[str]):
    memory.settings.set("chat.max_tokens", 16)
    for told in ("I live in Utrecht.", "I moved again, I live in Ghent now."):
        memory.chats.send(memory.chats.create().id, told)
    reply = memory.chats.send(memory.chats.create().id, "Where did I live before Ghent?")
    asked = sent[-1]
    former = next(item.memory.id for item in reply.used if item.memory.text == "Lives in Utrecht")
    memory.chats.ask_without(reply.message.id, [former])
    whole, without = sent[-2:]
    assert whole == asked
    assert "Lives in Utrecht (until" in whole
    assert "Utrecht" not in without


def test_where_memory_is_off_by_now_nothing_is_read(memory: MemoryOS):
    reply, told = answered(memory)
    memory.chats.set_memory(reply.conversation_id, False)
    with pytest.raises(InputError, match="did not use"):
        memory.chats.ask_without(reply.message.id, [told])
