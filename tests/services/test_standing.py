"""What a person wishes of replies stands in every prompt."""

from memos_engine.memory_os import MemoryOS
from memos_engine.services.prompting import Prompting
from memos_engine.services.standing import instructions
from memos_engine.types import Kind


def prompt_parts(memory: MemoryOS, conversation_id: str) -> tuple[str, str]:
    """Instructions and name as they stand in the next prompt of a conversation."""
    place = memory.chats._place(conversation_id)
    parts = Prompting(memory._home, place).parts(place.head(), "What is a tomato?")
    return parts.instructions, parts.name


def test_wishes_reach_every_prompt_in_a_stable_order(memory: MemoryOS) -> None:
    told = memory.chats.create()
    memory.chats.send(told.id, "Please keep your answers short.")
    memory.chats.send(told.id, "I love sushi.")
    memory.chats.send(told.id, "Always answer in metric units, and I live in Rome.")
    other = memory.chats.create()
    memory.settings.set("chat.instructions", "Be kind.")
    stand, _ = prompt_parts(memory, other.id)
    assert stand.splitlines() == [
        "Be kind.",
        "The user wishes:",
        "- Keep your answers short",
        "- Always answer in metric units",
    ]
    reply = memory.chats.send(other.id, "What is a tomato?")
    used = [memory.memories.get(one.memory.id).text for one in reply.used if "standing" in one.why]
    assert used == ["Keep your answers short", "Always answer in metric units"]


def test_no_wishes_with_memory_off_in_temporary_chats_and_once_removed(memory: MemoryOS) -> None:
    reply = memory.chats.send(memory.chats.create().id, "Please keep your answers short.")
    assert prompt_parts(memory, memory.chats.create(temporary=True).id) == ("", "")
    assert prompt_parts(memory, memory.chats.create(memory_on=False).id) == ("", "")
    ordinary = memory.chats.create()
    assert prompt_parts(memory, ordinary.id) != ("", "")
    memory.memories.remove(reply.changes.ids)
    assert prompt_parts(memory, ordinary.id) == ("", "")


def test_cubes_that_chats_may_not_read_lend_no_wishes(memory: MemoryOS) -> None:
    memory.chats.send(memory.chats.create().id, "Please keep your answers short.")
    cube = memory.cubes.list()[0]
    memory.cubes.set_chats_may_read(cube.id, False)
    assert prompt_parts(memory, memory.chats.create().id) == ("", "")


def test_the_name_that_was_wished_is_used_unless_the_settings_say_another(memory: MemoryOS) -> None:
    conversation = memory.chats.create()
    memory.chats.send(conversation.id, "Please just call me Sam from now on, I live in Rome.")
    stand, name = prompt_parts(memory, conversation.id)
    assert (stand, name) == ("", "Sam")
    memory.settings.set("chat.name", "Robin")
    assert prompt_parts(memory, conversation.id)[1] == "Robin"


def test_preferences_told_or_written_about_answers_count_others_do_not(memory: MemoryOS) -> None:
    conversation = memory.chats.create()
    memory.chats.send(conversation.id, "I prefer short answers and I prefer tea.")
    memory.memories.remember("Use simple words", kind=Kind.PREFERENCE, tags=("replies",))
    stand, _ = prompt_parts(memory, conversation.id)
    assert stand.splitlines()[1:] == ["- Prefers short answers", "- Use simple words"]


def test_only_the_pinned_and_the_newest_few_stand_and_the_prompt_fits(memory: MemoryOS) -> None:
    written = [
        memory.memories.remember(f"Wish {number} " + "long " * 200, kind=Kind.PREFERENCE, tags=("replies",)).ids[0]
        for number in range(10)
    ]
    memory.memories.pin([written[0]], True)
    conversation = memory.chats.create()
    lines = prompt_parts(memory, conversation.id)[0].splitlines()[1:]
    assert [line.split()[2] for line in lines] == ["0", "5", "6", "7", "8", "9"]
    assert max(map(len, lines)) < 170
    assert memory.chats.send(conversation.id, "What is a tomato?").message.text
    assert memory.chats.context_use(conversation.id).used > 0


def test_nothing_stands_where_nothing_was_said() -> None:
    assert instructions("", ()) == ""
