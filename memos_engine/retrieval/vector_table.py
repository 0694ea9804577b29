"""The sentence vectors of one cube in memory."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

_FIRST_ROOM = 256


class VectorTable:
    """Unit vectors in a matrix that grows, each in a slot of its own. Slot 0 holds zeros: "no vector".

    One thread changes it at a time (the cube's lock); readers may multiply by `matrix` meanwhile, since rows that they
    know of are overwritten only when their item changes or goes.
    """

    def __init__(self) -> None:
        self._room: FloatArray = np.zeros((1, 0), dtype=np.float32)
        self._slots: dict[int, int] = {}
        self._free: list[int] = []
        self._used = 1

    @property
    def matrix(self) -> FloatArray:
        """float32 `[slots, dimensions]`; no columns before the first vector came."""
        return self._room[: self._used]

    def __len__(self) -> int:
        return len(self._slots)

    def slots(self, rowids: IntArray) -> IntArray:
        """The slot of each item; 0 for one without a vector."""
        return np.array([self._slots.get(rowid, 0) for rowid in rowids.tolist()], dtype=np.int64)

    def put(self, rowids: IntArray, vectors: FloatArray) -> IntArray:
        """Keep vectors, new or in the place of older ones; returns their slots."""
        if not len(rowids):
            return np.zeros(0, dtype=np.int64)
        self._grow(len(rowids), vectors.shape[1])
        slots = np.array([self._slot(rowid) for rowid in rowids.tolist()], dtype=np.int64)
        self._room[slots] = vectors
        return slots

    def remove(self, rowids: Sequence[int]) -> IntArray:
        """Overwrite the vectors of these items with zeros; returns the slots that they had."""
        slots = [self._slots.pop(rowid) for rowid in rowids if rowid in self._slots]
        self._room[slots] = 0.0
        self._free += slots
        return np.array(slots, dtype=np.int64)

    def _slot(self, rowid: int) -> int:
        slot = self._slots.get(rowid)
        if slot is None:
            slot = self._free.pop() if self._free else self._used
            self._used = max(self._used, slot + 1)
            self._slots[rowid] = slot
        return slot

    def _grow(self, more: int, dimensions: int) -> None:
        needed = self._used + more
        if self._room.shape[1] == dimensions and needed <= len(self._room):
            return
        room = np.zeros((max(_FIRST_ROOM, needed + needed // 4), dimensions), dtype=np.float32)
        if self._room.shape[1] == dimensions:
            room[: self._used] = self._room[: self._used]
        self._room = room
