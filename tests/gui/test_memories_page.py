"""The Memories page, on a real home."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.memories.filters import Span, since_of
from app.memories.import_dialog import ImportDialog, summary
from app.memories.list_model import CHUNK, KEPT_CHUNKS, MemoryListModel
from app.memories.list_view import _runs
from app.memories.page import REVIEW, TRASH, MemoriesPage
from app.widgets import memory_actions as actions
from app.widgets.buttons import IconButton
from app.widgets.chip import MemoryChip, MemoryRole
from app.widgets.forget_dialog import ForgetDialog
from app.widgets.memory_editor import MemoryEditor
from app.widgets.source_line import SourceLine
from app.widgets.word_diff import Change, word_diff
from memos_engine.cube import reviews
from memos_engine.memory_os import MemoryOS
from memos_engine.types import (
    Agreement,
    IngestFailure,
    IngestReport,
    Kind,
    Memory,
    MemoryChanges,
    MemoryFilter,
    MemoryPage,
    ReviewReason,
    Source,
    State,
)

TEXTS = ("Allergic to peanuts", "Lives in Ghent", "Plays the cello on Sundays")


@pytest.fixture
def ids(engine: MemoryOS) -> list[str]:
    """Three memories by hand, in the order of `TEXTS`."""
    kinds = (Kind.FACT, Kind.FACT, Kind.PREFERENCE)
    return [engine.memories.remember(text, kind=kind).ids[0] for text, kind in zip(TEXTS, kinds, strict=True)]


@pytest.fixture
def page(context: AppContext, ids: list[str], show: Callable[..., Any], qtbot: QtBot) -> MemoriesPage:
    """The page, listing the three."""
    page: MemoriesPage = show(MemoriesPage(context))
    qtbot.waitUntil(lambda: page.list.rows.rowCount() == len(TEXTS))
    return page


def texts(page: MemoriesPage) -> set[str]:
    rows = page.list.rows
    return {rows.data(rows.index(row)) for row in range(rows.rowCount())}


def select(page: MemoriesPage, qtbot: QtBot, memory_id: str) -> None:
    assert page.list.select_id(memory_id)
    qtbot.waitUntil(lambda: page.detail.memory is not None and page.detail.memory.id == memory_id)


def dialog(qtbot: QtBot, kind: type[QDialog]) -> Any:
    found: list[QDialog] = []

    def shown() -> bool:
        found[:] = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
        return bool(found)

    qtbot.waitUntil(shown)
    return found[0]


# --- list, search, filters ---


def test_lists_what_is_remembered_and_counts_it(page: MemoriesPage):
    assert texts(page) == set(TEXTS)
    assert page.count.text() == "3 memories"


def test_search_as_you_type_shows_what_matches_the_last_word_typed(page: MemoriesPage, qtbot: QtBot):
    qtbot.keyClicks(page.filters.search, "cello")
    page.filters.search.selectAll()
    qtbot.keyClicks(page.filters.search, "peanuts")
    qtbot.waitUntil(lambda: texts(page) == {TEXTS[0]})
    assert page.count.text() == "1 memory found"


def test_a_search_for_words_that_no_memory_holds_shows_what_is_near_in_meaning(page: MemoriesPage, qtbot: QtBot):
    page.filters.search.setText("musician")
    qtbot.waitUntil(lambda: "near in meaning" in page.count.text())
    assert page.list.rows.held(0).text == TEXTS[2]


def test_filters_without_a_hit_say_so_and_offer_to_clear_them(page: MemoriesPage, qtbot: QtBot):
    page.filters.kind.choose([Kind.SKILL])
    qtbot.waitUntil(page.nothing.isVisible)
    page.filters.clear()
    qtbot.waitUntil(lambda: texts(page) == set(TEXTS))


def test_filters_by_kind_and_pin(page: MemoriesPage, engine: MemoryOS, ids: list[str], qtbot: QtBot):
    page.filters.kind.choose([Kind.PREFERENCE])
    qtbot.waitUntil(lambda: texts(page) == {TEXTS[2]})
    assert page.filters.kind.text() == "Kind: Preferences"
    page.filters.clear()
    engine.memories.pin([ids[1]], True)
    page.filters.pinned.setChecked(True)
    qtbot.waitUntil(lambda: texts(page) == {TEXTS[1]})


def test_the_trash_is_not_offered_for_emptying_before_anything_was_read(context: AppContext, qtbot: QtBot):
    page = MemoriesPage(context)
    qtbot.addWidget(page)
    assert not page.empty_trash.isVisibleTo(page)


def test_an_empty_home_says_what_to_do(context: AppContext, show: Callable[..., Any], qtbot: QtBot):
    page = show(MemoriesPage(context))
    qtbot.waitUntil(page.empty.isVisible)


@pytest.mark.parametrize(
    ("span", "days"), [(Span.ANY, None), (Span.TODAY, 0), (Span.WEEK, 6), (Span.MONTH, 29), (Span.YEAR, 72)]
)
def test_spans_begin_at_a_local_midnight(span: Span, days: int | None):
    now = datetime(2026, 3, 14, 15, 9, tzinfo=UTC).astimezone()
    since = since_of(span, now)
    assert (since is None) == (days is None)
    if since is not None:
        assert since.date() == now.date() - timedelta(days=days or 0)
        assert (since.hour, since.minute) == (0, 0)


# --- detail, edit, history ---


def test_the_detail_shows_words_and_history_with_what_changed(
    page: MemoriesPage, engine: MemoryOS, ids: list[str], qtbot: QtBot
):
    engine.memories.edit(ids[0], "Allergic to walnuts")
    select(page, qtbot, ids[0])
    steps = page.detail._history.widgets()
    assert "line-through" in steps[0].words.text()
    assert "walnuts" in steps[0].words.text()


def test_words_are_edited_in_place_and_kept(page: MemoriesPage, engine: MemoryOS, ids: list[str], qtbot: QtBot):
    select(page, qtbot, ids[1])
    page.list.setFocus()
    qtbot.keyClick(page.list, Qt.Key.Key_F2)
    assert page.detail.editing
    page.detail._words.edit.setPlainText("Lives in Antwerp")
    qtbot.keyClick(page.detail._words.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "Lives in Antwerp" in texts(page))
    assert engine.memories.get(ids[1]).text == "Lives in Antwerp"
    assert not page.detail.editing


def test_a_source_line_opens_its_message(qtbot: QtBot):
    source = Source("words", 0, 5, datetime.now(UTC), "m1", "c1", "Moving", "me")
    line = SourceLine(source)
    qtbot.addWidget(line)
    with qtbot.waitSignal(line.opened) as opened:
        line.link.click()
    assert opened.args == [source]


def test_a_memory_added_by_hand_is_listed(page: MemoriesPage, qtbot: QtBot):
    page.add()
    editor = dialog(qtbot, MemoryEditor)
    editor.text.setPlainText("Speaks Catalan")
    assert editor.since.time is None
    editor.keep.click()
    qtbot.waitUntil(lambda: "Speaks Catalan" in texts(page))


def test_a_memory_is_added_to_the_chosen_cube(page: MemoriesPage, engine: MemoryOS, qtbot: QtBot):
    with qtbot.waitSignal(page.context.cubes.changed):
        work = engine.cubes.create("Work")
    page.add()
    editor = dialog(qtbot, MemoryEditor)
    editor.text.setPlainText("Meets the supervisor on Tuesdays")
    editor.cube.setCurrentIndex(editor.cube.findData(work.id))
    with qtbot.waitSignal(page.context.navigator.done):
        editor.keep.click()
    assert engine.memories.browse(MemoryFilter(cubes=(work.id,))).total == 1


def test_the_editor_clears_a_date(page: MemoriesPage, engine: MemoryOS, ids: list[str], qtbot: QtBot):
    engine.memories.edit(ids[0], valid_from=datetime(2024, 3, 1, tzinfo=UTC), valid_to=datetime(2025, 3, 1, tzinfo=UTC))
    actions.edit(page.context, page, engine.memories.get(ids[0]))
    editor = dialog(qtbot, MemoryEditor)
    editor.until.findChild(IconButton).click()
    with qtbot.waitSignal(page.context.navigator.done):
        editor.keep.click()
    held = engine.memories.get(ids[0])
    assert (held.valid_from, held.valid_to) == (datetime(2024, 3, 1, tzinfo=UTC), None)


# --- remove, restore, forget, undo, many at once ---


def test_removed_memories_go_to_the_trash_and_come_back_by_undo(
    page: MemoriesPage, engine: MemoryOS, ids: list[str], qtbot: QtBot
):
    select(page, qtbot, ids[0])
    with qtbot.waitSignal(page.context.navigator.done) as done:
        qtbot.keyClick(page.list, Qt.Key.Key_Delete)
    assert done.args[0].operation
    qtbot.waitUntil(lambda: TEXTS[0] not in texts(page))
    page.tabs.setCurrentIndex(TRASH)
    qtbot.waitUntil(lambda: texts(page) == {TEXTS[0]})
    page.undo()
    qtbot.waitUntil(lambda: engine.memories.get(ids[0]).state is State.ACTIVATED)
    qtbot.waitUntil(page.no_trash.isVisible)


def test_all_selected_memories_are_pinned_in_one_operation(
    page: MemoriesPage, engine: MemoryOS, ids: list[str], qtbot: QtBot
):
    page.list.selectAll()
    assert page.many.title.text() == "3 memories selected"
    with qtbot.waitSignal(page.context.navigator.done) as done:
        page.many.pin.click()
    assert set(done.args[0].ids) == set(ids)
    assert all(engine.memories.get(memory_id).pinned for memory_id in ids)


def test_several_memories_are_offered_the_cubes_where_they_do_not_all_lie_already(
    page: MemoriesPage, engine: MemoryOS, ids: list[str], qtbot: QtBot
):
    with qtbot.waitSignal(page.context.cubes.changed):
        work = engine.cubes.create("Work")

    def offered() -> list[str]:
        page.list.selectAll()
        page.many.move_to.click()
        (menu,) = [menu for menu in page.findChildren(QMenu) if menu.isVisible()]
        names = [action.text() for action in menu.actions()]
        menu.close()
        return names

    assert offered() == ["Work", "", "New cube…"]
    engine.memories.move([ids[0]], work.id)
    qtbot.waitUntil(lambda: {page.list.rows.held(row).cube_id for row in range(3)} > {work.id})
    assert len(offered()) == 4, "both cubes: some lie in each"


def test_undo_is_the_pages_until_the_search_field_has_something_to_take_back(
    page: MemoriesPage, engine: MemoryOS, ids: list[str], qtbot: QtBot
):
    search = page.filters.search
    engine.memories.remove([ids[0]])
    qtbot.waitUntil(lambda: TEXTS[0] not in texts(page))
    search.setFocus()
    qtbot.waitUntil(search.hasFocus)
    qtbot.keyClick(search, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: engine.memories.get(ids[0]).state is State.ACTIVATED)
    engine.memories.remove([ids[1]])
    qtbot.keyClicks(search, "cello")
    qtbot.keyClick(search, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert search.text() == ""
    assert engine.memories.get(ids[1]).state is State.ARCHIVED


def test_forgetting_shows_what_is_erased_and_erases_it_after_a_yes(
    page: MemoriesPage, engine: MemoryOS, ids: list[str], qtbot: QtBot
):
    select(page, qtbot, ids[2])
    qtbot.keyClick(page.list, Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    asked = dialog(qtbot, ForgetDialog)
    assert engine.memories.get(ids[2]).text == TEXTS[2]
    asked._agree()
    assert page.progress.running, "long work is followed below the list"
    qtbot.waitUntil(lambda: texts(page) == set(TEXTS[:2]))
    every = engine.memories.browse(MemoryFilter(states=tuple(State), current_only=False))
    assert TEXTS[2] not in {memory.text for memory in every.memories}


def test_memories_move_to_another_cube_by_the_menu(page: MemoriesPage, engine: MemoryOS, ids: list[str], qtbot: QtBot):
    with qtbot.waitSignal(page.context.cubes.changed):
        work = engine.cubes.create("Work")
    select(page, qtbot, ids[0])
    page.list.customContextMenuRequested.emit(page.list.rect().center())
    menus = [menu for menu in page.findChildren(QMenu) if menu.isVisible()]
    into = next(action.menu() for action in menus[0].actions() if action.text() == "Move to")
    assert [action.text() for action in into.actions()] == ["Work", "", "New cube…"]
    with qtbot.waitSignal(page.context.navigator.done):
        into.actions()[0].trigger()
    menus[0].close()
    assert [m.text for m in engine.memories.browse(MemoryFilter(cubes=(work.id,))).memories] == [TEXTS[0]]


def test_the_selection_and_the_place_survive_a_change_elsewhere(
    page: MemoriesPage, engine: MemoryOS, ids: list[str], qtbot: QtBot
):
    select(page, qtbot, ids[0])
    engine.memories.remember("Owns a bicycle")
    qtbot.waitUntil(lambda: page.list.rows.rowCount() == 4)
    assert page.list.selected_count == 1
    assert page.detail.memory is not None
    assert page.detail.memory.id == ids[0]


def test_an_empty_review_says_so(page: MemoriesPage, qtbot: QtBot):
    page.tabs.setCurrentIndex(REVIEW)
    qtbot.waitUntil(lambda: page.review._stack.currentIndex() == 1)


def test_a_near_duplicate_is_shown_side_by_side_and_merged_on_a_word(
    page: MemoriesPage, engine: MemoryOS, ids: list[str], qtbot: QtBot
):
    other = engine.memories.remember("Has an allergy to peanuts").ids[0]
    store = engine._home.shelf.find_item(other)
    with store.write() as session:
        reviews.add(session, ReviewReason.NEAR_DUPLICATE, ids[0], other)
    page.tabs.setCurrentIndex(REVIEW)
    qtbot.waitUntil(lambda: len(page.review.cards) == 1)
    assert page.tabs.tabText(REVIEW) == "Review (1)"
    card = page.review.cards[0]
    assert {chip.memory.text for chip in card.findChildren(MemoryChip)} == {TEXTS[0], "Has an allergy to peanuts"}
    with qtbot.waitSignal(page.context.navigator.done):
        card.buttons[Agreement.MERGE].click()
    qtbot.waitUntil(lambda: not page.review.cards)
    states = {engine.memories.get(memory_id).state for memory_id in (ids[0], other)}
    assert states == {State.ACTIVATED, State.MERGED}


def test_every_control_has_a_name_for_screen_readers(page: MemoriesPage, ids: list[str], qtbot: QtBot):
    select(page, qtbot, ids[0])
    nameless = [
        type(widget).__name__
        for widget in page.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisibleTo(page)
        and widget.window() is page.window()
        and not widget.objectName().startswith("qt_")
        and not widget.accessibleName()
        and not getattr(widget, "text", str)()
    ]
    assert nameless == []


def test_a_selection_is_fetched_in_unbroken_runs():
    assert list(_runs([])) == []
    assert list(_runs([1, 2, 3, 7, 9])) == [range(1, 4), range(7, 8), range(9, 10)]
    assert [len(run) for run in _runs(range(12_000))] == [5_000, 5_000, 2_000]


# --- import ---


def test_an_import_shows_its_plan_and_adds_what_it_read(
    page: MemoriesPage, engine: MemoryOS, tmp_path: Path, qtbot: QtBot
):
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "garden.md").write_text("# Garden\n\nThe quince tree flowers in April.\n")
    (notes / "photo.raw").write_bytes(b"\0\1")
    asked = ImportDialog(page.context, page, (notes,))
    asked.read.setChecked(False)
    asked.open()
    qtbot.waitUntil(lambda: asked.count.text().startswith("1 file will be read."))
    assert asked.count.text().endswith("Left out: .raw cannot be read (1).")
    asked.other.setChecked(True)
    assert not asked.start.isEnabled(), "someone else has a name"
    asked.name.setText("Ana")
    asked.start.click()
    qtbot.waitUntil(lambda: asked.summary.text().startswith("1 added"), timeout=20_000)
    found = engine.memories.browse(MemoryFilter(query="quince", kinds=(Kind.CHUNK,)))
    assert found.total == 1
    asked.reject()


def test_passages_of_documents_stand_apart_and_are_one_click_away(
    page: MemoriesPage, engine: MemoryOS, tmp_path: Path, qtbot: QtBot
):
    qtbot.waitUntil(lambda: page.list.rows.rowCount() > 0)
    before = page.list.rows.rowCount()
    assert page.passages.isHidden()
    notes = tmp_path / "garden.md"
    notes.write_text("# Garden\n\nThe quince tree flowers in April.\n")
    report = engine.imports.ingest([notes], read=False)
    qtbot.waitUntil(lambda: not page.passages.isHidden())
    assert page.passages.text() == "1 passage of documents"
    assert page.list.rows.rowCount() == before
    page.filters.search.setText("quince")
    qtbot.waitUntil(lambda: page.list.rows.rowCount() == 1)
    assert page.passages.isHidden(), "what is looked for is found wherever it stands"
    page.filters.clear()
    qtbot.waitUntil(lambda: not page.passages.isHidden())
    page.passages.click()
    qtbot.waitUntil(lambda: page.list.rows.rowCount() == 1)
    assert page.filters.kind.chosen == (Kind.CHUNK,)
    engine.memories.undo(report.changes.operation)
    qtbot.waitUntil(lambda: page.list.rows.rowCount() == 0)


def test_a_passage_whose_import_was_taken_back_is_shown_no_more(
    page: MemoriesPage, engine: MemoryOS, tmp_path: Path, qtbot: QtBot
):
    notes = tmp_path / "garden.md"
    notes.write_text("# Garden\n\nThe quince tree flowers in April.\n")
    report = engine.imports.ingest([notes], read=False)
    (passage,) = engine.memories.browse(MemoryFilter(kinds=(Kind.CHUNK,))).memories
    page.open_memory(passage.id)
    qtbot.waitUntil(lambda: page.detail.memory is not None and page._side.currentWidget() is page.detail)
    engine.memories.undo(report.changes.operation)
    qtbot.waitUntil(lambda: page.detail.memory is None and page._side.currentIndex() == 0)


def test_the_note_after_an_import_takes_it_back(page: MemoriesPage, engine: MemoryOS, tmp_path: Path, qtbot: QtBot):
    notes = tmp_path / "garden.md"
    notes.write_text("# Garden\n\nThe quince tree flowers in April.\n")
    noted: list[MemoryChanges] = []
    page.context.navigator.done.connect(noted.append)
    asked = ImportDialog(page.context, page, (notes,))
    asked.open()
    qtbot.waitUntil(asked.start.isEnabled)
    asked.start.click()
    qtbot.waitUntil(lambda: asked.summary.text().startswith("1 added"), timeout=20_000)
    assert not noted, "the note would lie behind the dialog"
    asked.close_button.click()
    assert noted[0].label == "Import 1 file"
    actions.undo(page.context, page, noted[0].operation)
    qtbot.waitUntil(lambda: engine.memories.browse(MemoryFilter(kinds=(Kind.CHUNK,))).total == 0)


def test_the_summary_of_an_import_counts_files_that_were_not_taken():
    failures = (IngestFailure("a.pdf", None, "It is encrypted."), IngestFailure("b.jsonl", 7, "No JSON."))
    assert summary(IngestReport(1_200, 0, 3, failures)) == "1,200 added, 3 were there already. 2 files were not taken:"


# --- the model of the list ---


def memory(number: int) -> Memory:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Memory(
        id=f"m{number}", cube_id="c", kind=Kind.FACT, origin="hand", state=State.ACTIVATED, text=f"memory {number}",
        subject="me", valid_from=None, valid_to=None, valid_precision=None, recorded_from=at, recorded_to=None,
        created=at, updated=at, language="en", tags=(), pinned=False, frozen=False, priority=0, sensitivity=(),
        confidence=1.0, confirmed=True, slot="", value="", parent_id=None, superseded_by=None, lifespan=None,
        use_count=0, last_used=None, versions=1,
    )  # fmt: skip


class Shelf:
    """Answers chunks of a long list when told to."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.model = MemoryListModel()
        self.asked: list[MemoryFilter] = []
        self.model.wanted.connect(self.asked.append)

    def answer(self) -> int:
        asked, self.asked[:] = list(self.asked), []
        for which in asked:
            rows = range(which.offset, min(which.offset + which.limit, self.total))
            self.model.take(which, MemoryPage(tuple(memory(row) for row in rows), self.total))
        return len(asked)


def test_a_long_list_holds_only_the_chunks_that_were_looked_at(qapp: QApplication):
    shelf = Shelf(100_000)
    shelf.model.list(MemoryFilter())
    shelf.answer()
    assert shelf.model.rowCount() == 100_000
    for row in range(0, 100_000, CHUNK):
        shelf.model.data(shelf.model.index(row), MemoryRole)
        shelf.answer()
    assert sum(shelf.model.held(row) is not None for row in range(0, 100_000, CHUNK)) == KEPT_CHUNKS
    assert shelf.model.held(99_999).text == "memory 99999"


def test_a_chunk_on_its_way_is_asked_for_once(qapp: QApplication):
    shelf = Shelf(1_000)
    shelf.model.list(MemoryFilter())
    shelf.answer()
    for row in range(CHUNK, 2 * CHUNK):
        assert shelf.model.data(shelf.model.index(row), MemoryRole) is None
    assert shelf.answer() == 1


def test_the_answer_to_an_earlier_search_is_dropped(qapp: QApplication):
    shelf = Shelf(3)
    shelf.model.list(MemoryFilter(query="first"))
    late = shelf.asked.pop()
    shelf.model.list(MemoryFilter(query="second"))
    shelf.model.take(late, MemoryPage((memory(0),), 1))
    assert shelf.model.rowCount() == 0
    shelf.answer()
    assert shelf.model.shown_filter.query == "second"


def test_a_list_that_shrank_below_the_place_is_asked_for_at_its_end(qapp: QApplication):
    shelf = Shelf(5 * CHUNK)
    shelf.model.list(MemoryFilter())
    shelf.answer()
    shelf.total = CHUNK + 1
    shelf.model.refresh(4 * CHUNK)
    while shelf.answer():
        pass
    assert shelf.model.rowCount() == CHUNK + 1
    assert shelf.model.held(CHUNK).id == f"m{CHUNK}"


def test_a_changed_memory_is_shown_at_its_place_at_once(qapp: QApplication):
    shelf = Shelf(3)
    shelf.model.list(MemoryFilter())
    shelf.answer()
    shelf.model.update_memories([replace(memory(1), text="other words")])
    assert shelf.model.data(shelf.model.index(1)) == "other words"


# --- word diff ---


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_diff_holds_both_versions(old: str, new: str):
    stretches = word_diff(old, new)
    assert "".join(s.text for s in stretches if s.change is not Change.NEW) == old
    assert "".join(s.text for s in stretches if s.change is not Change.GONE) == new


def test_a_diff_names_the_words_that_changed():
    changed = [
        (s.change, s.text) for s in word_diff("Lives in Utrecht now", "Lives in Ghent now") if s.change != "same"
    ]
    assert changed == [(Change.GONE, "Utrecht"), (Change.NEW, "Ghent")]
