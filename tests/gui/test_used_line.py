"""A memory beside the answer that it stands for."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from app.chat.answer_panel import UsedLine
from app.context import AppContext
from memos_engine.memory_os import MemoryOS
from memos_engine.types import Message, Role, UsedMemory


@pytest.mark.parametrize("model", ["SmolLM2", ""])
def test_only_what_a_model_wrote_can_be_asked_again_without_a_memory(
    context: AppContext, engine: MemoryOS, qtbot: QtBot, model: str
):
    memory = engine.memories.get(engine.memories.remember("Allergic to peanuts").ids[0])
    used = UsedMemory(memory.id, memory.text, 1.0, {"named": 1.0})
    reply = Message("r1", "c1", "q1", Role.ASSISTANT, "assistant", memory.text, memory.recorded_from)
    line = UsedLine(context, replace(reply, model=model, used=(used,)), 1, used, memory, 1.0)
    qtbot.addWidget(line)
    assert line.without.isHidden() is (model == "")
    assert not line.why.isHidden()
