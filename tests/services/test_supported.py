"""What a reply rests on stays with it: over a restart, until a memory is forgotten or the words are."""

from typing import Any

from memos_engine.cube.ids import new_id
from memos_engine.memory_os import MemoryOS
from memos_engine.services.kept import KeptConversation
from memos_engine.services.supported import supported
from memos_engine.services.temporary import TemporaryConversation
from memos_engine.types import Echo, Message, MessageState, Recalled

REPLY = "Sure! You live in Ghent. You are allergic to **bees**. You work as a pilot."


def replied(memory: MemoryOS, place: Any, used: tuple[Recalled, ...], text: str = REPLY) -> Message:
    """A reply as a turn of chat leaves it, with words that are known."""
    question = place.ask(
        "What do you know about me?", place.head(), (), unread=False, quotable=True, message_id=new_id()
    )
    with place.reply(question, "a model") as draft:
        ended = draft.end(text, MessageState.DONE, used)
    return supported(memory._home, place, ended, used)


def told(memory: MemoryOS, *texts: str) -> tuple[Recalled, ...]:
    """Memories of these texts, as a turn has them."""
    ids = [memory.memories.remember(text).ids[0] for text in texts]
    return tuple(Recalled(memory.memories.get(memory_id), 1.0, {"meaning": 1.0}) for memory_id in ids)


def seen(message: Message) -> dict[str, tuple[tuple[str, ...], bool]]:
    return {message.text[one.start : one.end]: (one.memory_ids, one.unsupported) for one in message.support}


def test_marks_and_verdicts_are_there_after_a_restart(homes: Any) -> None:
    memory = homes.open()
    conversation = memory.chats.create()
    used = told(memory, "Lives in Ghent", "Allergic to bees")
    ghent, bees = (item.memory.id for item in used)
    message = replied(memory, KeptConversation(memory._home, conversation.id), used)
    expected = {
        "You live in Ghent.": ((ghent,), False),
        "You are allergic to **bees**.": ((bees,), False),
        "You work as a pilot.": ((), True),
    }
    assert seen(message) == expected
    homes.close()
    (_, kept) = homes.open().chats.thread(conversation.id)
    assert seen(kept) == expected
    assert kept.support == message.support


def test_a_forgotten_memory_takes_its_marks_along_and_no_others(memory: MemoryOS) -> None:
    conversation = memory.chats.create()
    used = told(memory, "Lives in Ghent", "Allergic to bees")
    replied(memory, KeptConversation(memory._home, conversation.id), used)
    memory.memories.forget([used[0].memory.id])
    (_, kept) = memory.chats.thread(conversation.id)
    assert list(seen(kept)) == ["You are allergic to **bees**.", "You work as a pilot."]


def test_marks_follow_their_words_when_others_are_erased(memory: MemoryOS) -> None:
    conversation = memory.chats.create()
    used = told(memory, "Lives in Ghent", "Allergic to bees")
    message = replied(memory, KeptConversation(memory._home, conversation.id), used)
    start = message.text.index("live in Ghent")
    echo = Echo("reply", message.id, conversation.cube_id, message.text, start, start + 13, exact=False)
    memory.memories.forget([used[0].memory.id], also=[echo])
    (_, kept) = memory.chats.thread(conversation.id)
    assert kept.text == "Sure! You …. You are allergic to **bees**. You work as a pilot."
    assert list(seen(kept)) == ["You are allergic to **bees**.", "You work as a pilot."]


def test_a_memory_that_is_forgotten_before_the_check_ends_leaves_no_mark(memory: MemoryOS) -> None:
    conversation = memory.chats.create()
    used = told(memory, "Lives in Ghent")
    place = KeptConversation(memory._home, conversation.id)
    question = place.ask("Where do I live?", None, (), unread=False, quotable=True, message_id=new_id())
    with place.reply(question, "a model") as draft:
        ended = draft.end("You live in Ghent.", MessageState.DONE, used)
    memory.memories.forget([used[0].memory.id])
    assert supported(memory._home, place, ended, used).support == ()


def test_a_temporary_reply_has_verdicts_while_it_lasts(memory: MemoryOS) -> None:
    message = replied(memory, TemporaryConversation(), (), "You work as a pilot. Do you?")
    assert seen(message) == {"You work as a pilot.": ((), True)}


def test_the_name_of_the_settings_is_no_made_up_fact(memory: MemoryOS) -> None:
    place = KeptConversation(memory._home, memory.chats.create().id)
    memory.settings.set("chat.name", "Joana")
    assert replied(memory, place, (), "Your name is Joana.").support == ()
    assert [one.unsupported for one in replied(memory, place, (), "Your name is Carla.").support] == [True]


def test_a_turn_of_chat_has_what_its_reply_rests_on(memory: MemoryOS) -> None:
    told(memory, "Lives in Ghent")
    conversation = memory.chats.create()
    reply = memory.chats.send(conversation.id, "In which city do I live?")
    assert reply.message.support == memory.chats.thread(conversation.id)[-1].support
    assert all(0 <= one.start < one.end <= len(reply.message.text) for one in reply.message.support)
