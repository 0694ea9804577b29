"""What stands at the end of a row in Memories: the time, or the count, that the rows are in order of."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.memories.list_view import row_end
from app.memories.page import MemoriesPage
from app.widgets.chip import chip_look, hover_card, spoken
from app.widgets.dates import exact, friendly
from memos_engine.memory_os import MemoryOS
from memos_engine.types import Memory, MemoryFilter, SortKey, now


@pytest.fixture
def memory(engine: MemoryOS) -> Memory:
    """Told three days ago, edited just now, true since 2019."""
    (memory_id,) = engine.memories.remember("Lives in Ghent", valid_from=datetime(2019, 4, 5, 12, tzinfo=UTC)).ids
    engine.memories.edit(memory_id, "Lives in the middle of Ghent")
    return replace(engine.memories.get(memory_id), created=now() - timedelta(days=3, hours=1))


@pytest.mark.parametrize("sort", [SortKey.NEWEST, SortKey.OLDEST, SortKey.TEXT, SortKey.RELEVANCE])
def test_a_row_tells_when_it_was_told_and_not_when_it_was_changed(memory: Memory, sort: SortKey):
    assert row_end(sort, memory) == "3 d"


def test_a_row_tells_what_it_is_sorted_by(memory: Memory):
    assert row_end(SortKey.VALID_TIME, memory) == "5 April 2019"
    assert row_end(SortKey.MOST_USED, replace(memory, use_count=1_204)) == "used 1,204 times"
    assert row_end(SortKey.MOST_USED, memory) == "not used yet"


def test_a_chip_tells_its_age_and_its_card_the_last_change(context: AppContext, memory: Memory):
    assert chip_look(memory, context.cubes).end == "3 d"
    assert spoken(memory).endswith(friendly(memory.created))
    assert f"Last changed {exact(memory.updated)}" in hover_card(memory, context.cubes)
    assert "Last changed" not in hover_card(replace(memory, versions=1), context.cubes)


def test_the_list_follows_its_order(context: AppContext, memory: Memory, show: Callable[..., Any], qtbot: QtBot):
    page = show(MemoriesPage(context))
    qtbot.waitUntil(lambda: page.list.rows.rowCount() == 1)
    assert page.list._delegate.end(memory) == "3 d"
    page.list.rows.list(MemoryFilter(sort=SortKey.VALID_TIME))
    qtbot.waitUntil(lambda: page.list._delegate.end(memory) == "5 April 2019")
