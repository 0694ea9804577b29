"""Deciding by the keyboard: the keys stay in the review list while its cards come and go."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.memories.page import REVIEW, MemoriesPage
from memos_engine.cube import reviews
from memos_engine.memory_os import MemoryOS
from memos_engine.types import Agreement, ReviewReason, State

PAIRS = (("Likes tea", "Is fond of tea"), ("Owns a canoe", "Has a canoe"))


@pytest.fixture
def pairs(engine: MemoryOS) -> list[list[str]]:
    made = [[engine.memories.remember(text).ids[0] for text in pair] for pair in PAIRS]
    with engine._home.shelf.default().write() as session:
        for first, second in made:
            reviews.add(session, ReviewReason.NEAR_DUPLICATE, first, second)
    return made


@pytest.fixture
def page(context: AppContext, pairs: list[list[str]], show: Callable[..., Any], qtbot: QtBot) -> MemoriesPage:
    page: MemoriesPage = show(MemoriesPage(context))
    page.activateWindow()
    page.tabs.setCurrentIndex(REVIEW)
    qtbot.waitUntil(lambda: len(page.review.cards) == len(PAIRS))
    return page


def test_every_decision_is_undone_by_the_keys_and_the_next_one_waits_under_them(
    page: MemoriesPage, engine: MemoryOS, pairs: list[list[str]], qtbot: QtBot
):
    for decision in (Agreement.MERGE, Agreement.KEEP_BOTH, Agreement.KEEP_FIRST, Agreement.KEEP_SECOND):
        card = page.review.cards[0]
        card.buttons[decision].setFocus()
        with qtbot.waitSignal(page.context.navigator.done):
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: len(page.review.cards) == 1)
        qtbot.waitUntil(lambda: QApplication.focusWidget() is page.review.cards[0].buttons[Agreement.MERGE])
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: len(page.review.cards) == len(PAIRS))
        assert {engine.memories.get(each).state for pair in pairs for each in pair} == {State.ACTIVATED}


def test_after_the_last_decision_the_keys_still_undo_it(page: MemoriesPage, qtbot: QtBot):
    for left in (1, 0):
        page.review.cards[0].buttons[Agreement.KEEP_BOTH].setFocus()
        with qtbot.waitSignal(page.context.navigator.done):
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
        qtbot.waitUntil(lambda left=left: len(page.review.cards) == left)
    qtbot.waitUntil(page.review.hasFocus)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(page.review.cards) == 1)


def test_a_list_that_is_read_again_leaves_the_keys_where_they_are(page: MemoriesPage, engine: MemoryOS, qtbot: QtBot):
    second = page.review.cards[1]
    second.buttons[Agreement.KEEP_SECOND].setFocus()
    with qtbot.waitSignal(page.review.counted, timeout=10_000):
        engine.memories.remember("Plays the cello")
    assert page.review.cards[1] is not second
    assert page.review.cards[1].buttons[Agreement.KEEP_SECOND].hasFocus()
    page.filters.search.setFocus()
