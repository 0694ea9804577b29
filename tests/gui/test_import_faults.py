"""What an import did not take: each file once, with the reason and the way on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.context import AppContext
from app.memories.import_dialog import ImportDialog
from app.memories.page import MemoriesPage
from memos_engine.types import Kind, MemoryFilter


def test_what_was_not_taken_says_where_it_is_why_and_what_to_do(
    context: AppContext, show: Callable[..., Any], tmp_path: Path, qtbot: QtBot
):
    (tmp_path / "sound.md").write_text("The ferry leaves at 07:40.")
    (tmp_path / "torn.pdf").write_bytes(b"%PDF-1.4 cut")
    (tmp_path / "talk.jsonl").write_text("no json\n")
    opened = ImportDialog(context, show(MemoriesPage(context)), (tmp_path,))
    opened.show()
    qtbot.waitUntil(opened.start.isEnabled)
    opened.start.click()
    qtbot.waitUntil(opened.failures.isVisible)
    told = [opened.failures.item(row).text() for row in range(opened.failures.count())]
    assert told == [
        "talk.jsonl, line 1: The line is not JSON.",
        "torn.pdf is damaged or no PDF. Open it in a viewer and save it again.",
    ]
    opened.close()


def test_an_import_that_is_cancelled_behind_its_closed_window_says_so_on_the_page(
    context: AppContext, show: Callable[..., Any], tmp_path: Path, qtbot: QtBot
):
    notes = tmp_path / "long.md"
    notes.write_text("\n\n".join(f"# {number}\n\n" + "The ferry leaves at 07:40. " * 40 for number in range(400)))
    page = show(MemoriesPage(context))
    opened = ImportDialog(context, page, (notes,))
    opened.open()
    qtbot.waitUntil(opened.start.isEnabled)
    opened.start.click()
    (task,) = context.operations.tasks
    opened.close_button.click()
    qtbot.waitUntil(lambda: not isValid(opened))
    task.cancel()
    qtbot.waitUntil(lambda: page.banner.message != "", timeout=60_000)
    assert page.banner.message == "The import was cancelled."
    assert context.engine.memories.browse(MemoryFilter(kinds=(Kind.CHUNK,))).total == 0
