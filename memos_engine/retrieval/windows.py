"""Which items are the context of which: turns said just before and after, or in one sitting; passages of a document."""

import numpy as np
from numpy.typing import NDArray

from memos_engine.cube.columns import ItemColumns, kind_codes
from memos_engine.types import Kind

RADIUS = 2
"""Neighbours on either side. Measured on LoCoMo: 1 finds less, 3 no more."""

WIDTH = 2 * RADIUS + 2
"""Places in a window: the item, its neighbours, and of a memory the turn that it came from."""

_SITTING_US = 4 * 3600 * 1_000_000
"""A pause that ends a sitting: what was said before it is no context of what is said after it."""

_LINED = (Kind.MESSAGE, Kind.CHUNK)


def windows(
    columns: ItemColumns, place: NDArray[np.int64], turns: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """int32 `[n, WIDTH]`: positions of each item's window, itself first, then its neighbours, filled up with n; and
    int64 `[n]`: the number (below 2n) of the sitting that each item was said in, or of its document.

    `place[i]` numbers the conversation or document that item i stands in, -1: none. `turns[i]` is the position of the
    turn that memory i came from, or -1: its window is that turn's.
    """
    count = len(columns.rowid)
    table = np.full((count, WIDTH), count, dtype=np.int32)
    table[:, 0] = np.arange(count)
    kinds = kind_codes(_LINED)
    sittings = count + np.arange(count)
    lined = np.flatnonzero(np.isin(columns.kind, kinds) & (place >= 0))
    if len(lined):
        line = lined[np.lexsort((columns.rowid[lined], columns.position[lined], place[lined]))]
        pause = np.abs(np.diff(columns.created[line])) > _SITTING_US
        sitting = np.concatenate(([0], np.cumsum(pause | (np.diff(place[line]) != 0))))
        sittings[line] = sitting
        for column, step in enumerate([*range(-RADIUS, 0), *range(1, RADIUS + 1)], 1):
            here, there = slice(max(0, -step), len(line) - max(0, step)), slice(max(0, step), len(line) - max(0, -step))
            together = sitting[here] == sitting[there]
            table[line[here], column] = np.where(together, line[there], count)
    derived = np.flatnonzero(turns >= 0)
    table[derived, 1:-1] = table[turns[derived], 1:-1]
    table[derived, -1] = turns[derived]
    sittings[derived] = sittings[turns[derived]]
    return table, sittings
