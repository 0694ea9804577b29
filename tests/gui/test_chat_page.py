"""The main road on the whole window and the real engine: tell, be remembered, ask, see what was used."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from app.chat.answer_panel import UsedLine
from app.chat.delete_dialog import DeleteDialog
from app.chat.instructions_dialog import InstructionsDialog
from app.chat.link_dialog import LinkDialog
from app.chat.message_widget import MessageWidget
from app.chat.pane import ConversationPane
from app.widgets.buttons import Button
from app.widgets.forget_dialog import ForgetDialog
from app.widgets.memory_editor import MemoryEditor
from memos_engine.types import MessageState, Role, State

LONG = 60_000
"""Milliseconds that a turn may take on a busy machine."""


@pytest.fixture
def chat(window):
    return window.pages["chat"]


@pytest.fixture
def pane(chat) -> ConversationPane:
    chat.new_chat()
    return chat.pane


def say(qtbot, pane: ConversationPane, text: str):
    """Write and send a message, and wait for the end of its turn."""
    pane.composer.field.setFocus()
    pane.composer.set_text(text)
    QTest.keyClick(pane.composer.field, Qt.Key.Key_Return)
    finish(qtbot, pane)
    return pane.thread_view.rows[-1]


def finish(qtbot, pane: ConversationPane):
    qtbot.waitUntil(lambda: pane._turns.is_busy or bool(pane._outbox), timeout=LONG)
    qtbot.waitUntil(lambda: not pane._turns.is_busy and not pane._outbox and not pane._turns.queue, timeout=LONG)
    qtbot.waitUntil(lambda: not any(row.pending or row.writing for row in pane.thread_view.rows), timeout=LONG)


def told(qtbot, pane, text="I'm allergic to walnuts."):
    row = say(qtbot, pane, text)
    assert row.is_reply
    assert row.learned
    return row


def test_told_remembered_used_and_traced_to_its_message(window, chat, pane, qtbot):
    row = told(qtbot, pane)
    assert any("walnuts" in entry.memory.text for entry in row.learned)
    assert row.message.state is MessageState.DONE
    lines = pane.thread_view.drawn[row.message.id].lines
    assert lines is not None
    assert lines.isVisible()
    told_in = pane.conversation.id

    chat.new_chat()
    answer = say(qtbot, pane, "What am I allergic to?")
    assert any("walnuts" in used.text for used in answer.message.used)
    qtbot.waitUntil(lambda: any(isinstance(line, UsedLine) for line in chat.panel.used.widgets()), timeout=LONG)
    line = next(
        line for line in chat.panel.used.widgets() if isinstance(line, UsedLine) and "walnuts" in line.chip.memory.text
    )
    line.explain()
    assert line.parts.isVisible()
    line.chip.activated.emit(line.chip.memory)
    qtbot.waitUntil(lambda: pane.conversation is not None and pane.conversation.id == told_in, timeout=LONG)

    def marked() -> str:
        drawn = [
            pane.thread_view.drawn[row.message.id]
            for row in pane.thread_view.rows
            if row.message.role is Role.PERSON and row.message.id in pane.thread_view.drawn
        ]
        parts = [part for widget in drawn for part in widget.body._parts]
        return "".join(found.cursor.selectedText() for part in parts for found in part.extraSelections())

    qtbot.waitUntil(lambda: "walnuts" in marked(), timeout=LONG)


def test_what_was_remembered_is_undone_edited_and_forgotten_from_the_chat(window, pane, qtbot, shared_engine):
    row = told(qtbot, pane, "I work as a glazier in Lisbon.")
    entry = next(entry for entry in row.learned if not entry.replaced)
    widget = pane.thread_view.drawn[row.message.id]

    widget.lines.edit.emit(entry.memory)
    editor = window.findChild(MemoryEditor)
    editor.text.setPlainText("Works as a master glazier in Lisbon")
    editor.keep.click()
    qtbot.waitUntil(lambda: "master" in entry.memory.text, timeout=LONG)
    assert shared_engine.memories.get(entry.memory_id).text == "Works as a master glazier in Lisbon"

    pane.thread_view.drawn[row.message.id].lines.forget.emit(entry.memory_id)
    qtbot.waitUntil(lambda: window.findChild(ForgetDialog) is not None, timeout=LONG)
    dialog = window.findChild(ForgetDialog)
    dialog.agreed.emit()
    dialog.close()
    qtbot.waitUntil(lambda: entry.gone, timeout=LONG)

    again = told(qtbot, pane, "I play the bassoon.")
    fresh = next(entry for entry in again.learned if not entry.replaced)
    pane.thread_view.drawn[again.message.id].lines.undo.emit(again, fresh)
    qtbot.waitUntil(lambda: fresh.gone, timeout=LONG)


def test_what_a_turn_remembered_stands_under_it_when_the_chat_is_opened_again(chat, pane, qtbot, shared_engine):
    row = told(qtbot, pane, "I restore old clocks, and I have a parrot.")
    conversation, kept = pane.conversation.id, [entry.memory_id for entry in row.learned]
    assert len(kept) == 2
    shared_engine.memories.remove([kept[0]])
    chat.new_chat()
    pane._turns.recent.clear()
    pane.open(conversation)
    qtbot.waitUntil(lambda: bool(pane.thread_view.rows) and bool(pane.thread_view.rows[-1].learned), timeout=LONG)
    again = pane.thread_view.rows[-1]
    assert [(entry.memory_id, entry.gone) for entry in again.learned] == [(kept[0], True), (kept[1], False)]
    lines = pane.thread_view.drawn[again.message.id].lines
    assert lines.isVisible()
    lines.undo.emit(again, again.learned[1])
    qtbot.waitUntil(lambda: again.learned[1].gone, timeout=LONG)
    shared_engine.memories.forget(kept)
    chat.new_chat()
    pane.open(conversation)
    qtbot.waitUntil(lambda: bool(pane.thread_view.rows), timeout=LONG)
    assert pane.thread_view.rows[-1].learned == []


def pressed(pane: ConversationPane, row, name: str):
    """Press the button below a reply that screen readers call so."""
    buttons = pane.thread_view.drawn[row.message.id].lines.findChildren(Button)
    next(button for button in buttons if button.accessibleName() == name or button.text() == name).click()


def test_a_proposal_is_remembered_edited_or_refused_below_the_reply(window, pane, qtbot, shared_engine):
    shared_engine.settings.set("memory.remembering", "ask")
    try:
        row = told(qtbot, pane, "I restore harpsichords, I have a tortoise, and I'm allergic to figs.")
    finally:
        shared_engine.settings.set("memory.remembering", "automatic")
    assert [entry.waits for entry in row.learned] == [True, True, True]
    harpsichords, tortoise, figs = row.learned

    pressed(pane, row, f"Don’t remember: {tortoise.memory.text}")
    qtbot.waitUntil(lambda: tortoise.gone, timeout=LONG)
    pressed(pane, row, f"Edit: {figs.memory.text}")
    editor = window.findChild(MemoryEditor)
    editor.text.setPlainText("Allergic to figs and dates")
    editor.keep.click()
    qtbot.waitUntil(lambda: not figs.waits, timeout=LONG)
    pressed(pane, row, f"Remember: {harpsichords.memory.text}")
    qtbot.waitUntil(lambda: not harpsichords.waits, timeout=LONG)
    states = [shared_engine.memories.get(entry.memory_id).state for entry in row.learned]
    assert states == [State.ACTIVATED, State.ARCHIVED, State.ACTIVATED]
    assert shared_engine.memories.get(figs.memory_id).text == "Allergic to figs and dates"
    pressed(pane, row, f"Remember: {tortoise.memory.text}")
    qtbot.waitUntil(lambda: not tortoise.gone, timeout=LONG)
    assert shared_engine.memories.get(tortoise.memory_id).state is State.ACTIVATED


def test_all_proposals_are_taken_or_left_at_once(window, pane, qtbot, shared_engine):
    shared_engine.settings.set("memory.remembering", "ask")
    try:
        row = told(qtbot, pane, "I collect thimbles, and I have a canary.")
        pressed(pane, row, "Remember all 2")
        qtbot.waitUntil(lambda: not any(entry.waits for entry in row.learned), timeout=LONG)
        qtbot.waitUntil(lambda: window.toast.accessibleName() == "Remembered 2 memories", timeout=LONG)
        other = told(qtbot, pane, "I breed lizards, and I play the zither.")
        pressed(pane, other, "Remember none")
        qtbot.waitUntil(lambda: all(entry.gone for entry in other.learned), timeout=LONG)
        qtbot.waitUntil(lambda: window.toast.accessibleName() == "Not remembered: 2 memories", timeout=LONG)
    finally:
        shared_engine.settings.set("memory.remembering", "automatic")
    assert all(shared_engine.memories.get(entry.memory_id).state is State.ACTIVATED for entry in row.learned)


def test_what_is_forgotten_in_words_can_be_restored_or_erased_below_the_reply(window, pane, qtbot, shared_engine):
    told(qtbot, pane, "I have a parrot called Bertha.")
    removed = say(qtbot, pane, "Forget that I have a parrot called Bertha.")
    assert [(entry.memory.text, entry.gone) for entry in removed.learned] == [("Has a parrot called Bertha", True)]
    memory = removed.learned[0].memory
    again = say(qtbot, pane, "Forget that I have a parrot called Bertha.")
    assert "in the trash" in again.message.text
    assert [entry.memory_id for entry in again.learned] == [memory.id]
    pressed(pane, again, f"Restore: {memory.text}")
    qtbot.waitUntil(lambda: not again.learned[0].gone, timeout=LONG)
    assert shared_engine.memories.get(memory.id).state is State.ACTIVATED
    pressed(pane, again, f"Forget for good: {memory.text}")
    qtbot.waitUntil(lambda: window.findChild(ForgetDialog) is not None, timeout=LONG)
    dialog = window.findChild(ForgetDialog)
    dialog.agreed.emit()
    dialog.close()
    qtbot.waitUntil(lambda: again.learned[0].forgotten, timeout=LONG)
    lines = pane.thread_view.drawn[again.message.id].lines
    assert not any("Bertha" in label.text() for label in lines.findChildren(QLabel))
    unknown = say(qtbot, pane, "Forget that I play chess on Sundays.")
    assert (unknown.learned, unknown.message.used) == ([], ())


def test_a_reply_made_with_no_memory_says_so(chat, pane, qtbot):
    pane.header.memory.setChecked(False)
    row = say(qtbot, pane, "What is two plus two?")
    assert row.message.used == ()
    qtbot.waitUntil(lambda: chat.panel.note.text() == "This answer was made with no memory.", timeout=LONG)
    assert not pane.conversation.memory_on
    assert pane.header.memory.accessibleName() == "Memory off"


def test_a_temporary_chat_keeps_nothing(chat, pane, qtbot, shared_engine):
    chat.new_temporary_chat()
    row = say(qtbot, pane, "I own a zeppelin called Hortensia.")
    assert row.learned == []
    assert pane.conversation.temporary
    assert pane.conversation.id not in {one.id for one in shared_engine.chats.conversations()}
    assert shared_engine.recall.search("zeppelin") == ()
    qtbot.waitUntil(lambda: chat.list.model.find(pane.conversation.id) is not None, timeout=LONG)


def test_one_writes_on_while_it_answers_and_edits_what_waits(pane, qtbot):
    pane.composer.set_text("Tell me about the sea.")
    QTest.keyClick(pane.composer.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: pane._turns.is_busy, timeout=LONG)
    for text in ("second question", "third question"):
        pane.composer.set_text(text)
        QTest.keyClick(pane.composer.field, Qt.Key.Key_Return)
    assert [outgoing.text for outgoing in pane._turns.queue] == ["second question", "third question"]
    second, third = pane._turns.queue
    pane.composer.queue_removed.emit(third.id)
    pane.composer.queue_edited.emit(second.id)
    assert pane.composer.text == "second question"
    assert pane._turns.queue == []
    pane.composer.set_text("second question, better")
    QTest.keyClick(pane.composer.field, Qt.Key.Key_Return)
    finish(qtbot, pane)
    asked = [row.message.text for row in pane.thread_view.rows if row.message.role is Role.PERSON]
    assert asked == ["Tell me about the sea.", "second question, better"]


def test_what_waits_is_kept_and_is_sent_after_a_stop_when_one_says_so(chat, pane, qtbot, shared_engine):
    shared_engine.settings.set("chat.max_tokens", 400)
    try:
        pane.composer.set_text("Tell me a very long story about the sea.")
        QTest.keyClick(pane.composer.field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: pane._turns.current is not None and len(pane._turns.current.text) > 5, timeout=LONG)
        pane.composer.set_text("And now about a hill.")
        QTest.keyClick(pane.composer.field, Qt.Key.Key_Return)
        held = pane.conversation.id
        waits = pane._turns.queue
        qtbot.waitUntil(lambda: shared_engine.chats.waiting(held) == tuple(waits), timeout=LONG)
        pane.composer.stop.click()
        qtbot.waitUntil(lambda: not pane._turns.is_busy, timeout=LONG)
    finally:
        shared_engine.settings.set("chat.max_tokens", 24)
    assert (pane._turns.queue, pane._turns.held) == ([], waits)

    chat.new_chat()
    pane._turns._exchanges.clear()  # as after a restart
    pane.open(held)
    qtbot.waitUntil(lambda: pane._turns.held == waits, timeout=LONG)
    assert pane.composer._queue.count() == 1
    pane.composer.held_sent.emit(waits[0].id)
    finish(qtbot, pane)
    asked = [row.message for row in pane.thread_view.rows if row.message.role is Role.PERSON]
    assert [message.id for message in asked][1:] == [waits[0].id]
    assert pane._turns.held == []
    assert shared_engine.chats.waiting(held) == ()


def test_a_message_that_cannot_be_sent_waits_where_something_else_is_written(chat, pane, qtbot, tmp_path: Path):
    say(qtbot, pane, "Hello.")
    missing = tmp_path / "gone.txt"
    missing.write_text("x")
    pane.composer.attach([missing])
    missing.unlink()
    pane.composer.set_text("Read this.")
    QTest.keyClick(pane.composer.field, Qt.Key.Key_Return)
    pane.composer.set_text("the next thought")
    qtbot.waitUntil(lambda: chat.banner.message != "", timeout=LONG)
    assert pane.composer.text == "the next thought"
    assert [(one.text, one.attachments) for one in pane._turns.held] == [("Read this.", (missing,))]
    pane.composer.clear()
    pane.composer.queue_removed.emit(pane._turns.held[0].id)
    assert pane.composer._queue.count() == 0


def words_below(pane, row) -> list[str]:
    return [label.text() for label in pane.thread_view.drawn[row.message.id]._foot.findChildren(QLabel)]


def test_stop_ends_the_reply_and_marks_it_cut(pane, qtbot, shared_engine):
    shared_engine.settings.set("chat.max_tokens", 400)
    try:
        pane.composer.set_text("Count from one to one thousand in words.")
        QTest.keyClick(pane.composer.field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: pane._turns.current is not None and len(pane._turns.current.text) > 5, timeout=LONG)
        pane.composer.stop.click()
        finish(qtbot, pane)
    finally:
        shared_engine.settings.set("chat.max_tokens", 24)
    row = pane.thread_view.rows[-1]
    assert row.message.state is MessageState.CUT
    assert row.message.text
    assert "stopped by you" in words_below(pane, row)


def test_answer_again_and_edit_make_branches_to_switch_between(pane, qtbot):
    first = say(qtbot, pane, "Name a colour.")
    pane.answer_again(first.message)
    finish(qtbot, pane)
    qtbot.waitUntil(lambda: len(pane.thread_view.rows[-1].message.siblings) == 2, timeout=LONG)
    newer = pane.thread_view.rows[-1].message
    assert newer.siblings == (first.message.id, newer.id)
    pane._show_branch(first.message.id)
    qtbot.waitUntil(lambda: pane.thread_view.rows[-1].message.id == first.message.id, timeout=LONG)

    question = pane.thread_view.rows[0].message
    pane.edit(question)
    assert pane.composer.editing
    assert pane.composer.text == "Name a colour."
    pane.composer.set_text("Name a fruit.")
    QTest.keyClick(pane.composer.field, Qt.Key.Key_Return)
    finish(qtbot, pane)
    qtbot.waitUntil(lambda: pane.thread_view.rows[0].message.text == "Name a fruit.", timeout=LONG)
    assert len(pane.thread_view.rows) == 2
    assert len(pane.thread_view.rows[0].message.siblings) == 2


def test_editing_rolls_back_what_was_remembered(pane, qtbot, shared_engine):
    row = told(qtbot, pane, "I live in Antwerp.")
    kept = [entry.memory_id for entry in row.learned if "Antwerp" in entry.memory.text]
    assert kept
    question = next(row for row in pane.thread_view.rows if row.message.role is Role.PERSON).message
    pane.edit(question)
    pane.composer.set_text("I live in Bruges.")
    QTest.keyClick(pane.composer.field, Qt.Key.Key_Return)
    finish(qtbot, pane)
    assert all(hit.id not in kept for hit in shared_engine.recall.search("Antwerp"))


def test_a_draft_survives_leaving_and_coming_back(window, chat, pane, qtbot, shared_engine):
    say(qtbot, pane, "Hello there.")
    held = pane.conversation.id
    pane.composer.set_text("half a thought")
    chat.new_chat()
    assert pane.composer.text == ""
    qtbot.waitUntil(lambda: shared_engine.chats.draft(held) == "half a thought", timeout=LONG)
    chat.open_conversation(held)
    qtbot.waitUntil(lambda: pane.composer.text == "half a thought", timeout=LONG)
    pane.composer.clear()


def test_a_draft_is_kept_while_one_writes(pane, qtbot, shared_engine):
    pane.composer.set_text("words of a chat that is not begun")
    qtbot.waitUntil(lambda: pane.conversation is not None, timeout=LONG)
    held = pane.conversation.id
    qtbot.waitUntil(lambda: shared_engine.chats.draft(held) == "words of a chat that is not begun", timeout=LONG)
    pane.composer.clear()


def test_find_steps_through_the_messages_that_hold_the_words(pane, qtbot):
    say(qtbot, pane, "The first one speaks of herons.")
    say(qtbot, pane, "The second one speaks of owls.")
    say(qtbot, pane, "The third one speaks of herons again.")
    pane.open_find()
    pane.find_bar.field.setText("HERONS")
    found = pane.find_bar._found
    mine = [row.message.id for row in pane.thread_view.rows if "herons" in row.message.text.lower()]
    assert found == mine
    assert len(found) >= 2
    assert pane.find_bar.count.text() == f"{len(found)} of {len(found)}"
    pane.find_bar.field.setText("no such words at all")
    assert pane.find_bar.count.text() == "Not found"
    QTest.keyClick(pane.find_bar.field, Qt.Key.Key_Escape)
    assert pane.find_bar.isHidden()


def test_the_list_pins_renames_archives_and_deletes(window, chat, pane, qtbot, shared_engine):
    say(qtbot, pane, "I collect stamps from Bhutan.")
    held = pane.conversation.id

    def listed():
        at = chat.list.model.find(held)
        return None if at is None else chat.list.model.rows[at]

    qtbot.waitUntil(lambda: listed() is not None, timeout=LONG)
    chat.list.pin(listed())
    qtbot.waitUntil(lambda: listed() is not None and listed().pinned, timeout=LONG)
    assert chat.list.model.rows[0] == "Pinned" or chat.list.model.rows[0] == "Temporary"
    shared_engine.chats.rename(held, "Stamps")
    qtbot.waitUntil(lambda: listed() is not None and listed().title == "Stamps", timeout=LONG)
    qtbot.waitUntil(lambda: pane.header.title.text() == "Stamps", timeout=LONG)
    chat.list.search.setText("stamps bhutan")
    qtbot.waitUntil(lambda: listed() is not None, timeout=LONG)
    chat.list.search.setText("nothing holds this")
    qtbot.waitUntil(lambda: chat.list.model.rows == [] or listed() is None, timeout=LONG)
    chat.list.search.clear()
    qtbot.waitUntil(lambda: listed() is not None, timeout=LONG)
    chat.list.archive(listed())
    qtbot.waitUntil(lambda: listed() is None, timeout=LONG)
    assert pane.conversation is None
    chat.list.archived.setChecked(True)
    qtbot.waitUntil(lambda: listed() is not None, timeout=LONG)
    chat.list.delete(listed())
    dialog = window.findChild(DeleteDialog)
    dialog.forget.setChecked(True)
    dialog._agree()
    qtbot.waitUntil(lambda: listed() is None, timeout=LONG)
    assert window.toast.isVisible()
    assert window.toast._text.text() == "Deleted a chat"
    assert shared_engine.recall.search("Bhutan") == ()
    chat.list.archived.setChecked(False)


def test_a_file_is_attached_and_named_under_the_message(pane, qtbot, tmp_path: Path):
    file = tmp_path / "list.txt"
    file.write_text("The password of the garden gate is under the third stone.")
    pane.composer.attach([file])
    say(qtbot, pane, "What does the file say?")
    question = next(row for row in pane.thread_view.rows if row.message.role is Role.PERSON)
    assert question.message.attachments == ("list.txt",)


def test_a_file_that_cannot_be_read_is_an_error_in_the_chat_and_the_words_come_back(chat, pane, qtbot, tmp_path: Path):
    file = tmp_path / "binary.txt"
    file.write_bytes(bytes(range(256)) * 40)
    pane.composer.attach([file])
    pane.composer.set_text("Read this, please.")
    QTest.keyClick(pane.composer.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: chat.banner.message != "", timeout=LONG)
    assert pane.composer.text == "Read this, please."
    pane.composer.clear()


def test_a_secret_is_held_back_until_the_person_says_so(pane, qtbot, shared_engine):
    row = say(qtbot, pane, "My credit card number is 4111 1111 1111 1111.")
    assert row.withheld
    pane.thread_view.drawn[row.message.id].lines.remember_anyway.emit(row)
    qtbot.waitUntil(lambda: row.withheld == () and bool(row.learned), timeout=LONG)


def test_tab_goes_through_the_messages_between_the_thread_and_where_one_writes(window, pane, qtbot):
    say(qtbot, pane, "Hello.")
    say(qtbot, pane, "I am allergic to peanuts.")
    thread = pane.thread_view
    thread.setFocus()
    met = []
    while window.focusWidget() is not pane.composer.field and len(met) < 60:
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        met.append(window.focusWidget())
    assert [part for part in met if isinstance(part, MessageWidget)] == [
        thread.drawn[row.message.id] for row in thread.rows
    ]
    assert met[-2:] == [pane.composer.attach_button, pane.composer.field]
    QTest.keyClick(pane.composer.field, Qt.Key.Key_Backtab)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Backtab)
    assert thread.drawn[thread.rows[-1].message.id].isAncestorOf(window.focusWidget())


def test_a_link_shows_its_address_and_opens_nothing_by_itself(window, pane, qtbot):
    say(qtbot, pane, "Hello.")
    widget = next(iter(pane.thread_view.drawn.values()))
    widget.link_clicked.emit("https://example.org/a?b=c")
    dialog = window.findChild(LinkDialog)
    assert dialog.address.toString() == "https://example.org/a?b=c"
    assert dialog.open_button.isVisibleTo(dialog)
    dialog._copy()
    assert QApplication.clipboard().text() == "https://example.org/a?b=c"
    assert QApplication.clipboard().mimeData().hasFormat("x-kde-passwordManagerHint")


def test_a_long_address_does_not_widen_its_dialog(qtbot):
    dialog = LinkDialog("https://example.org/" + "a" * 900)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.width() < 700


def test_an_address_of_another_kind_can_only_be_copied(qtbot):
    dialog = LinkDialog("file:///etc/passwd")
    qtbot.addWidget(dialog)
    assert not dialog.open_button.isVisibleTo(dialog)


def test_standing_instructions_are_kept(window, chat, qtbot, shared_engine):
    chat.edit_instructions()
    dialog = window.findChild(InstructionsDialog)
    dialog.name.setText("Ines")
    dialog.instructions.setPlainText("Keep answers short.")
    dialog._keep()
    qtbot.waitUntil(lambda: shared_engine.settings.text("chat.instructions") == "Keep answers short.", timeout=LONG)
    assert shared_engine.settings.text("chat.name") == "Ines"
    shared_engine.settings.set("chat.name", "")
    shared_engine.settings.set("chat.instructions", "")


def test_the_meter_says_how_full_the_context_is(pane, qtbot):
    say(qtbot, pane, "Hello once more.")
    qtbot.waitUntil(lambda: "tokens" in pane.header.meter.toolTip(), timeout=LONG)
    assert 0 < pane.header.meter.value() <= pane.header.meter.maximum()


def test_a_message_of_nothing_is_refused_where_it_was_written(chat, pane, qtbot):
    pane.composer.set_text("\u200b")
    QTest.keyClick(pane.composer.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: chat.banner.message != "", timeout=LONG)
    assert pane.thread_view.rows == []
    assert pane.composer.text == "\u200b"
    pane.composer.clear()
