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
