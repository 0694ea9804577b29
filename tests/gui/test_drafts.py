"""What is not sent is kept behind the back of whoever types, and before the vault or the window is gone."""

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.chat.drafts import Drafts
from app.context import AppContext
from app.main_window import MainWindow
from memos_engine.memory_os import MemoryOS
from memos_engine.types import Unsent, VaultState

LONG = 30_000


class SlowDisk:
    """Keeps drafts once it may; `waited` tells whether that was said in time."""

    def __init__(self, engine: MemoryOS, monkeypatch: pytest.MonkeyPatch) -> None:
        self.writing, self.go_on = threading.Event(), threading.Event()
        self.kept: list[str] = []
        self.waited: list[bool] = []
        self._save = engine.chats.save_draft
        self._real = True
        monkeypatch.setattr(engine.chats, "save_draft", self._write)

    def without_home(self) -> "SlowDisk":
        """Nothing is written in truth: the conversations are not there."""
        self._real = False
        return self

    def _write(self, conversation_id: str, text: str) -> None:
        self.writing.set()
        self.waited.append(self.go_on.wait(20))
        if self._real:
            self._save(conversation_id, text)
        self.kept.append(text)


@pytest.fixture
def slow(context: AppContext, engine: MemoryOS, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowDisk]:
    made = SlowDisk(engine, monkeypatch).without_home()
    yield made
    made.go_on.set()


def test_a_slow_write_holds_up_nobody_who_types_and_the_newest_text_is_kept_last(
    context: AppContext, slow: SlowDisk, qtbot: QtBot
):
    drafts = Drafts(context.operations)
    drafts.save("c", "I ")
    assert slow.writing.wait(20)
    drafts.save("c", "I live ")
    drafts.save("c", "I live in Ghent")
    slow.go_on.set()
    qtbot.waitUntil(lambda: slow.kept == ["I ", "I live in Ghent"])
    assert all(slow.waited), "the next save waited for the write of the first"


def test_at_the_end_nothing_that_was_to_be_kept_is_given_up(
    context: AppContext, engine: MemoryOS, slow: SlowDisk, monkeypatch: pytest.MonkeyPatch
):
    waiting: list[tuple[Unsent, ...]] = []
    monkeypatch.setattr(engine.chats, "save_waiting", lambda _conversation_id, unsent: waiting.append(unsent))
    operations, drafts = context.operations, Drafts(context.operations)
    drafts.save("c", "one")
    assert slow.writing.wait(20)
    drafts.save("d", "two")
    drafts.save_waiting("c", (Unsent("three"),))
    shutdown = operations._keeping.shutdown

    def shutdown_while_it_writes(*, wait: bool, **how: bool) -> None:
        shutdown(wait=False, **how)
        slow.go_on.set()
        shutdown(wait=wait)

    monkeypatch.setattr(operations._keeping, "shutdown", shutdown_while_it_writes)
    operations.close()
    assert slow.kept == ["one", "two"]
    assert [unsent.text for (unsent,) in waiting] == ["three"]


def test_locking_waits_for_a_slow_draft_and_the_window_does_not(
    window: MainWindow, shared_engine: MemoryOS, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
):
    pane = window.pages["chat"].pane
    pane.composer.set_text("a thought")
    qtbot.waitUntil(lambda: pane.conversation is not None, timeout=LONG)
    held = pane.conversation.id
    slow, lock = SlowDisk(shared_engine, monkeypatch), shared_engine.access.lock
    kept_before_the_lock: list[list[str]] = []
    monkeypatch.setattr(shared_engine.access, "lock", lambda: kept_before_the_lock.append([*slow.kept]) or lock())
    pane.composer.set_text("a thought, longer")
    window.lock()
    assert slow.writing.wait(20)
    assert not slow.kept, "locking waited on the GUI thread"
    assert shared_engine.access.info().state is VaultState.OPEN
    slow.go_on.set()
    qtbot.waitUntil(lambda: window.gate is not None, timeout=LONG)
    assert kept_before_the_lock == [["a thought, longer"]]
    shared_engine.access.unlock(passphrase="correct horse battery staple")
    shared_engine.models.load()
    assert shared_engine.chats.draft(held) == "a thought, longer"


def test_first_words_survive_a_lock_that_comes_before_their_chat_is_made(
    window: MainWindow, shared_engine: MemoryOS, qtbot: QtBot
):
    before = {chat.id for chat in shared_engine.chats.conversations()}
    window.pages["chat"].new_chat()
    window.pages["chat"].pane.composer.set_text("first words")
    window.lock()
    qtbot.waitUntil(lambda: window.gate is not None, timeout=LONG)
    shared_engine.access.unlock(passphrase="correct horse battery staple")
    shared_engine.models.load()
    (made,) = (chat.id for chat in shared_engine.chats.conversations() if chat.id not in before)
    assert shared_engine.chats.draft(made) == "first words"


def test_what_was_sent_before_its_chat_was_made_waits_after_a_lock(
    window: MainWindow, shared_engine: MemoryOS, qtbot: QtBot
):
    before = {chat.id for chat in shared_engine.chats.conversations()}
    page = window.pages["chat"]
    page.new_chat()
    page.pane.composer.set_text("Sent in haste")
    page.pane.composer.send.click()
    window.lock()
    qtbot.waitUntil(lambda: window.gate is not None, timeout=LONG)
    shared_engine.access.unlock(passphrase="correct horse battery staple")
    shared_engine.models.load()
    (made,) = (chat.id for chat in shared_engine.chats.conversations() if chat.id not in before)
    assert [unsent.text for unsent in shared_engine.chats.waiting(made)] == ["Sent in haste"]


def test_when_the_window_is_closed_what_is_not_sent_is_kept(window: MainWindow, shared_engine: MemoryOS, qtbot: QtBot):
    before = {chat.id for chat in shared_engine.chats.conversations()}
    window.pages["chat"].new_chat()
    window.pages["chat"].pane.composer.set_text("last words")
    window.close()
    (made,) = (chat.id for chat in shared_engine.chats.conversations() if chat.id not in before)
    assert shared_engine.chats.draft(made) == "last words"
