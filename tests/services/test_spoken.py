"""What a person asks to be remembered is kept whole, and what they tell beside a request is not lost."""

import pytest

from memos_engine.memory_os import MemoryOS
from memos_engine.types import MemoryFilter


def texts(memory: MemoryOS) -> set[str]:
    return {each.text for each in memory.memories.browse(MemoryFilter()).memories}


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (
            "Remember that my bike is red and that I was born in Lisbon.",
            {"My bike is red", "Was born in Lisbon"},
        ),
        (
            "Remember: our gate opens at six. The alarm is behind the door.",
            {"Our gate opens at six", "The alarm is behind the door"},
        ),
        ("Remember that I park on level 3. I live in Ghent.", {"Parks on level 3", "Lives in Ghent"}),
        ("Call me Robin. I live in Ghent.", {"Lives in Ghent"}),
    ],
)
def test_all_of_it_is_kept_and_one_undo_takes_it_back(memory: MemoryOS, said: str, kept: set[str]) -> None:
    before = texts(memory)
    reply = memory.chats.send(memory.chats.create().id, said)
    assert reply.message.model == "", "the program answers"
    assert kept <= texts(memory)
    assert set(reply.changes.ids) == {each.id for each in memory.memories.browse(MemoryFilter()).memories}
    memory.memories.undo(reply.changes.operation)
    assert texts(memory) == before


def test_beside_a_request_is_remembered_as_the_person_wants_it(memory: MemoryOS) -> None:
    said = "Remember that my bike is red. I live in Ghent."
    memory.settings.set("memory.remembering", "paused")
    memory.chats.send(memory.chats.create().id, said)
    assert "Lives in Ghent" not in texts(memory)
    memory.settings.set("memory.remembering", "ask")
    memory.chats.send(memory.chats.create().id, said)
    (entry,) = memory.memories.review()
    assert entry.first.text == "Lives in Ghent"


def test_forget_that_means_what_was_learned_last(memory: MemoryOS) -> None:
    conversation = memory.chats.create().id
    learned = memory.chats.send(conversation, "I have a parrot called Olga.").changes.ids
    assert learned
    forgot = memory.chats.send(conversation, "Forget that.")
    assert forgot.message.model == ""
    if len(learned) == 1:
        assert [change.kind for change in forgot.changes.memories] == ["archived"]
    else:
        assert {item.memory.id for item in forgot.used} == set(learned), "of several it asks which"


SECRET = "Tr0ub4dor&3"
ASKED = "What is my wifi password?"


def notes_to(memory: MemoryOS, question: str) -> str:
    return "\n".join(item.memory.text for item in memory.chats.send(memory.chats.create().id, question).used)


@pytest.mark.parametrize("request_", ["Call me Sam.", "Remember that my cat is called Minka."])
def test_a_secret_beside_a_request_is_offered_and_quoted_nowhere(memory: MemoryOS, request_: str) -> None:
    reply = memory.chats.send(memory.chats.create().id, f"{request_} My wifi password is {SECRET} by the way.")
    assert reply.message.model == "", "the program answers"
    assert [SECRET in candidate.quote for candidate in reply.withheld] == [True]
    assert SECRET not in notes_to(memory, ASKED)


def test_a_secret_that_is_to_be_remembered_is(memory: MemoryOS) -> None:
    memory.chats.send(memory.chats.create().id, f"Remember that my wifi password is {SECRET}.")
    assert SECRET in notes_to(memory, ASKED)


def test_what_stands_beside_a_request_while_remembering_is_paused_is_quoted_nowhere(memory: MemoryOS) -> None:
    memory.settings.set("memory.remembering", "paused")
    memory.chats.send(memory.chats.create().id, "Call me Sammy. My boat is called Aurora.")
    assert memory.settings.text("chat.name") == "Sammy"
    memory.chats.send(memory.chats.create().id, "Remember that I park on level 3. My boat is called Aurora.")
    memory.settings.set("memory.remembering", "automatic")
    assert "Aurora" not in notes_to(memory, "What is my boat called?")
    assert "level 3" in notes_to(memory, "Where do I park?")


def test_a_new_name_is_told_as_a_change_of_the_setting(memory: MemoryOS) -> None:
    reply = memory.chats.send(memory.chats.create().id, "Call me Robin. I live in Ghent.")
    assert reply.changes.settings == ("chat.name",)
    assert "Lives in Ghent" in texts(memory)
