"""What stands before the model."""

from pathlib import Path

import pytest

from memos_engine.inference.host import ModelHost
from memos_engine.inference.prompt import Prompt
from memos_engine.memory_os import MemoryOS
from memos_engine.services import core

LONG = "Please tell me about number {}: " + "the rain falls on the roof and the wind sings in the trees. " * 12


@pytest.fixture
def prompts(monkeypatch: pytest.MonkeyPatch) -> list[Prompt]:
    """What the model was sent, while it answers as ever."""
    sent: list[Prompt] = []
    generate = ModelHost.generate

    def listen(self: ModelHost, prompt: Prompt, *rest: object, **more: object) -> object:
        sent.append(prompt)
        return generate(self, prompt, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(ModelHost, "generate", listen)
    return sent


def test_what_a_long_chat_has_pushed_out_of_the_prompt_is_recalled(memory: MemoryOS, prompts: list[Prompt]) -> None:
    memory.settings.set("model.context", 1024)
    told = "O meu barco chama-se Zefirina e está no porto de Setúbal."
    chat = memory.chats.create().id
    memory.chats.send(chat, told)
    asks = "Como se chama o meu barco?"
    soon = memory.chats.send(chat, asks)
    assert told not in [item.memory.text for item in soon.used], "it stands in the prompt as it was said"
    for number in range(5):
        memory.chats.send(chat, LONG.format(number))

    late = memory.chats.send(chat, asks)
    assert prompts[-1].dropped_turns > 2
    assert told in [item.memory.text for item in late.used]
    assert "Zefirina" in prompts[-1].messages[-1].content
    said = [message.content for message in prompts[-1].messages[1:-1] if message.role == "user"]
    assert not [item for item in late.used if item.memory.text in said], "nothing stands there twice"


@pytest.mark.parametrize(
    ("question", "is_open"),
    [
        ("What should a cook know about me?", True),
        ("What would suit me as a present?", True),
        ("Tell me about myself.", True),
        ("What is my sister's job?", False),
        ("Where do I live?", False),
        ("What does my brother do for a living?", False),
    ],
)
def test_a_question_open_to_whatever_is_known_is_told_from_one_about_one_thing(question: str, is_open: bool) -> None:
    assert core.is_open(question) is is_open


def test_a_question_that_looks_back_is_answered_with_what_held_before(memory: MemoryOS, prompts: list[Prompt]) -> None:
    for told in ("I live in Utrecht.", "I moved again, I live in Ghent now."):
        memory.chats.send(memory.chats.create().id, told)

    def notes(question: str) -> list[str]:
        memory.chats.send(memory.chats.create().id, question)
        return [note.text for note in prompts[-1].notes]

    back = notes("Where did I live before Ghent?")
    assert [text for text in back if text.startswith("Lives in Utrecht (until ")], back
    assert "Lives in Ghent" in back
    assert not [text for text in notes("Where do I live?") if "Utrecht" in text]


def test_what_was_taken_back_comes_back_to_no_question(memory: MemoryOS, prompts: list[Prompt]) -> None:
    told = memory.chats.send(memory.chats.create().id, "I live in Utrecht.")
    memory.memories.remove([change.memory_id for change in told.changes.memories])
    memory.chats.send(memory.chats.create().id, "Where did I live before?")
    assert not [note for note in prompts[-1].notes if "Utrecht" in note.text]


def test_a_file_in_a_dense_script_leaves_room_for_what_is_remembered(
    memory: MemoryOS, prompts: list[Prompt], tmp_path: Path
) -> None:
    memory.settings.set("chat.max_tokens", 16)
    memory.memories.remember("Lives in Ghent")
    (file := tmp_path / "長い.txt").write_text(
        "東京の天気は毎日変わります。川の水は静かに流れている。" * 500, encoding="utf-8"
    )
    chat = memory.chats.create().id
    memory.chats.send(chat, "Hello!")
    reply = memory.chats.send(chat, "Where do I live, and what is this about?", attachments=[file])
    prompt = prompts[-1]
    assert not prompt.trimmed
    assert "Lives in Ghent" in [item.memory.text for item in reply.used]
    assert prompt.messages[1].content == "Hello!"
    last = prompt.messages[-1].content
    for use in reply.message.files:
        assert all(file.read_text(encoding="utf-8")[part.start : part.end][:40] in last for part in use.passages)
    assert reply.message.files
