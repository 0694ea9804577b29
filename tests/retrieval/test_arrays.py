"""The arrays under the search: vectors in their slots, windows, and one entry a source."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from memos_engine.cube.columns import ItemColumns, kind_codes
from memos_engine.retrieval.ranking import Ranked
from memos_engine.retrieval.selection import one_a_source
from memos_engine.retrieval.vector_table import VectorTable
from memos_engine.retrieval.windows import windows
from memos_engine.types import Kind

HOUR = 3600 * 1_000_000


@given(st.lists(st.tuples(st.sampled_from(["put", "remove"]), st.integers(1, 12), st.integers(1, 1000)), max_size=60))
def test_each_item_has_the_vector_that_was_put_last_and_removed_ones_are_overwritten(steps) -> None:
    table, expected = VectorTable(), {}
    for step, rowid, number in steps:
        if step == "put":
            table.put(np.array([rowid]), np.full((1, 3), number, dtype=np.float32))
            expected[rowid] = number
        else:
            table.remove([rowid])
            expected.pop(rowid, None)
    slots = table.slots(np.arange(1, 13))
    assert {r + 1: float(table.matrix[s][0]) for r, s in enumerate(slots.tolist()) if s} == expected
    if expected:
        held = table.matrix[np.setdiff1d(np.arange(len(table.matrix)), slots[slots > 0])]
        assert not held.any()
        assert not table.matrix[0].any()
    assert len(table) == len(expected)


def columns(kinds: list[Kind], hours: list[int], positions: list[int]) -> ItemColumns:
    count = len(kinds)
    zeros = np.zeros(count, dtype=np.int64)
    times = np.array(hours, dtype=np.int64) * HOUR
    return ItemColumns(
        rowid=np.arange(1, count + 1), kind=np.array(kind_codes(kinds)), state=zeros, current=zeros == 0, ended=zeros,
        spent=zeros, begins=times, ends=times, created=times, updated=times, lifespan=zeros, pinned=zeros > 0,
        priority=zeros, confidence=zeros, use_count=zeros, position=np.array(positions), place=(),
    )  # fmt: skip


def test_windows_hold_two_turns_on_either_side_within_a_sitting_and_a_place() -> None:
    kinds = [Kind.MESSAGE] * 6 + [Kind.FACT, Kind.FACT]
    table, sittings = windows(
        columns(kinds, [0, 0, 0, 0, 99, 0, 0, 0], [0, 1, 2, 3, 4, 0, 0, 0]),
        np.array([0, 0, 0, 0, 0, 1, -1, -1]),
        np.array([-1, -1, -1, -1, -1, -1, 1, -1]),
    )
    inside = [sorted(set(row) - {8}) for row in table.tolist()]
    assert inside == [[0, 1, 2], [0, 1, 2, 3], [0, 1, 2, 3], [1, 2, 3], [4], [5], [0, 1, 2, 3, 6], [7]]
    assert len(set(sittings[:4])) == 1
    assert sittings[6] == sittings[1]
    assert len(set(sittings[[0, 4, 5, 7]])) == 4


def ranked(*entries: tuple[int, float, float]) -> list[Ranked]:
    return [Ranked(0, position, position, score, own) for position, score, own in entries]


def test_the_memory_stands_in_the_place_of_its_turn() -> None:
    kept = one_a_source(ranked((0, 9.0, 0.5), (1, 8.0, 0.4), (2, 7.0, 0.45)), [{2: [0]}])
    assert [(entry.position, entry.score) for entry in kept] == [(2, 9.0), (1, 8.0)]


def test_a_turn_that_says_much_more_of_what_was_asked_stands_for_its_memories() -> None:
    kept = one_a_source(ranked((0, 9.0, 0.9), (1, 8.0, 0.4), (2, 7.0, 0.3)), [{2: [0]}])
    assert [entry.position for entry in kept] == [0, 1]


def test_a_memory_of_two_turns_is_one_entry() -> None:
    kept = one_a_source(ranked((0, 9.0, 0.5), (1, 8.0, 0.5), (2, 7.0, 0.5)), [{2: [0, 1]}])
    assert [entry.position for entry in kept] == [2]
