"""The count of the Review tab: what waits there, whatever comes and goes elsewhere."""

from collections.abc import Callable
from typing import Any

from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.memories.page import REVIEW, MemoriesPage
from memos_engine.cube import reviews
from memos_engine.memory_os import MemoryOS
from memos_engine.types import MemoryChanges, ReviewReason


def test_it_counts_what_waits_and_not_what_is_in_the_trash(
    context: AppContext, engine: MemoryOS, show: Callable[..., Any], qtbot: QtBot
):
    first, second, other = (
        engine.memories.remember(text).ids[0] for text in ("Likes tea", "Is fond of tea", "Owns a canoe")
    )
    with engine._home.shelf.default().write() as session:
        reviews.add(session, ReviewReason.NEAR_DUPLICATE, first, second)
    page = show(MemoriesPage(context))

    def counts(words: str, change: Callable[[], MemoryChanges]) -> None:
        """What the tab says once a change was heard of and the list was read again."""
        with qtbot.waitSignal(page.review.counted, timeout=10_000):
            change()
        assert page.tabs.tabText(REVIEW) == words

    counts("Review (1)", lambda: engine.memories.remove([other]))
    counts("Review (1)", lambda: engine.memories.restore([other]))
    counts("Review (1)", lambda: engine.memories.remove([other]))
    counts("Review (1)", lambda: engine.memories.empty_trash())
    counts("Review", lambda: engine.memories.remove([second]))
    counts("Review (1)", lambda: engine.memories.restore([second]))
