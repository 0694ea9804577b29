"""The question before forgetting, for many at once."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.widgets.chip import ChipPainter, MemoryChip
from app.widgets.forget_dialog import SHOWN, ForgetDialog
from app.widgets.text import Text
from memos_engine.memory_os import MemoryOS
from memos_engine.types import Echo, ForgetPreview, Memory

MANY = 400


@pytest.fixture
def memory(engine: MemoryOS) -> Memory:
    (made,) = engine.memories.remember("Keeps bees on the roof").ids
    return engine.memories.get(made)


def echo(number: int, exact: bool = False) -> Echo:
    return Echo("message", f"m{number}", "c", f"Number {number}: my bees are on the roof.", 0, 6, exact)


@pytest.fixture
def asked(memory: Memory, context: AppContext, qtbot: QtBot) -> ForgetDialog:
    """Everything in it is there four hundred times."""
    memories = tuple(replace(memory, id=f"i{number}") for number in range(MANY))
    echoes = tuple(echo(number, exact) for exact in (True, False) for number in range(MANY))
    made = ForgetDialog(ForgetPreview(memories, memories, echoes), context.cubes)
    qtbot.addWidget(made)
    made.show()
    return made


def test_many_are_counted_and_not_drawn(asked: ForgetDialog):
    assert len(asked.findChildren(MemoryChip)) == 2 * SHOWN
    told = [text.text() for text in asked.findChildren(Text)]
    assert told.count(f"and {MANY - SHOWN:,} more") == 3, "memories, what was inferred, and the words they came from"
    assert len(asked.findChildren(QCheckBox)) == SHOWN + 1


def test_what_says_the_same_can_be_ticked_one_by_one_and_the_rest_together(asked: ForgetDialog):
    boxes = asked.findChildren(QCheckBox)
    assert asked.ticked() == ()
    boxes[0].click()
    assert [ticked.id for ticked in asked.ticked()] == ["m0"]
    boxes[-1].click()
    assert [ticked.id for ticked in asked.ticked()] == ["m0", *(f"m{number}" for number in range(SHOWN, MANY))]


def test_a_chip_is_broken_into_lines_once_for_each_width(
    memory: Memory, context: AppContext, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    measured: list[int] = []
    height = ChipPainter.height
    monkeypatch.setattr(ChipPainter, "height", lambda *given: measured.append(given[2]) or height(*given))
    chip = MemoryChip(memory, context.cubes)
    qtbot.addWidget(chip)
    narrow = [chip.heightForWidth(width) for width in (60, 300, 60, 300)]
    assert measured == [60, 300]
    assert narrow[0] == narrow[2] > narrow[1]
    chip.set_memory(replace(memory, text="Bees"))
    assert chip.heightForWidth(60) < narrow[0]
