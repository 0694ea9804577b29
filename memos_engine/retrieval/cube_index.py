"""What retrieval holds of one cube in memory, and how it follows the database."""

import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from memos_engine.cube import vectors
from memos_engine.retrieval.near import NearIndex, discard_snapshot
from memos_engine.retrieval.rows import EMPTY, Rows, caught_up
from memos_engine.retrieval.vector_table import VectorTable
from memos_engine.retrieval.windows import WIDTH, windows
from memos_engine.types import CancelToken, ProgressCallback, no_progress

if TYPE_CHECKING:
    from memos_engine.cube.store import CubeStore

log = logging.getLogger(__name__)

GRAPH_FROM = 50_000
"""Vectors from which an HNSW graph is kept. Below, looking at every vector is exact and as fast: 8 ms for 50,000 of 384
dimensions, which is what the graph and its candidates take."""

_PENDING_PART = 0.2
"""Part of the vectors that may be missing in the graph before the search looks at every vector instead."""

_ROWS_A_STEP = 8_192


@dataclass(frozen=True)
class View:
    """A consistent picture of a cube for one search; n items, each with the context that it stands in."""

    rows: Rows
    matrix: NDArray[np.float32]
    """float32 `[slots, dimensions]`; row 0 is zero."""
    slots: NDArray[np.int64]
    """int64 `[n + 1]`: each item's row of `matrix`; 0 for one without a vector, and at n."""
    windows: NDArray[np.int32]
    """int32 `[n, WIDTH]`: see `windows.windows`."""
    turns: dict[int, list[int]]
    """Position of each memory that was read in a turn → those of its turns."""
    sittings: NDArray[np.int64]
    lengths: NDArray[np.float32]
    """float32 `[n]`: length of the sum of a window's vectors."""
    graph: NearIndex | None
    """The graph, where the cube is large enough and it is up to date but for `pending`."""
    pending: NDArray[np.int64]
    """Positions of items whose vectors the graph does not have yet."""


class CubeIndex:
    """The arrays of one cube under one encoder. `view` follows the database; any thread may call it."""

    def __init__(self, store: "CubeStore", encoder: str, graph_from: int = GRAPH_FROM) -> None:
        self.store = store
        self.encoder = encoder
        self._graph_from = graph_from
        self._lock = threading.RLock()
        self._table = VectorTable()
        self._revision = 0
        self._revisions: dict[int, int] = {}
        self._stamp: tuple[int, int] | None = None
        self._graph: NearIndex | None = None
        self._graph_asked = False
        self._rows = EMPTY
        self._view: View | None = None

    def view(self) -> View:
        """The cube as it is now: read again only when this or another process committed since."""
        stamp = self.store.stamp()
        view = self._view
        if view is not None and stamp == self._stamp:
            return view
        with self._lock:
            if self._view is None or stamp != self._stamp:
                self._refresh()
                self._stamp = stamp
            assert self._view is not None
            return self._view

    def tend(self, progress: ProgressCallback = no_progress, cancel: CancelToken | None = None) -> None:
        """Bring the graph of a large cube up to date and seal its snapshot; nothing to do for a small one.

        Searches go on meanwhile. Raises `DiskError`, `CancelledError`.
        """
        view = self.view()
        if len(self._table) < self._graph_from:
            return
        with self._lock:
            if self._graph is None:
                self._graph = NearIndex.empty(self.encoder, view.matrix.shape[1])
            graph = self._graph
            fresh, revisions = self._lacking(graph)
        if not len(fresh):
            return
        graph.add(fresh, view.matrix[self._table.slots(fresh)], revisions, progress, cancel)
        with self._lock:
            # Erased vectors took their graph along: it is made again, without them, the next time.
            if self._graph is graph:
                self._view = self._pictured(np.zeros(0, dtype=np.int64))
                graph.seal(self.store.blobs, self.store.keys.blobs, self.store.cube_id)

    # --- following the database

    def _refresh(self) -> None:
        with self.store.read() as session:
            rows, stale = caught_up(session, self._rows)
            touched = self._follow_vectors(session, rows, stale)
        if self._view is not None and not len(stale) and not len(touched):
            return
        self._rows = rows
        if not self._graph_asked and len(self._table) >= self._graph_from:
            self._graph_asked = True
            self._graph = self._unsealed_graph()
        self._view = self._pictured(touched)

    def _follow_vectors(self, session: Session, rows: Rows, stale: NDArray[np.int64]) -> NDArray[np.int64]:
        """Take over what was put, replaced and removed; returns the slots that changed."""
        rowids, fresh, revisions = vectors.load_after(session, self.encoder, self._revision)
        present = rows.positions(rowids) >= 0
        touched = [self._table.put(rowids[present], fresh[present])]
        self._revisions.update(zip(rowids[present].tolist(), revisions[present].tolist(), strict=True))
        # Vectors of an import are older than the moment at which its items became visible.
        others = np.setdiff1d(stale, rowids)
        here, late = vectors.load(session, self.encoder, others.tolist())
        touched.append(self._table.put(here, late))
        self._revisions.update((rowid, self._revisions.get(rowid, 0)) for rowid in here.tolist())
        gone = [rowid for rowid in np.setdiff1d(others, here).tolist() if rowid in self._revisions]
        touched.append(self._table.remove(gone))
        if gone:
            self._forget(gone)
        self._revision = max([self._revision, *revisions.tolist()])
        return np.concatenate(touched)

    def _forget(self, rowids: list[int]) -> None:
        """A vector that was erased is erased from the graph and its snapshot too: both are made anew without it."""
        for rowid in rowids:
            del self._revisions[rowid]
        self._graph = None
        self._graph_asked = True
        discard_snapshot(self.store.blobs)

    def _unsealed_graph(self) -> NearIndex | None:
        store = self.store
        graph = NearIndex.unsealed(store.blobs, store.keys.blobs, store.cube_id, self.encoder)
        if graph is None:
            return None
        if not graph.holds_only(self._revisions.keys()):
            discard_snapshot(store.blobs)
            return None
        return graph

    # --- the picture

    def _pictured(self, touched: NDArray[np.int64]) -> View:
        """The view of `_rows` and the vectors; lengths are counted anew only where a window changed."""
        rows, old = self._rows, self._view
        count = len(rows)
        matrix = self._table.matrix
        slots = np.append(self._table.slots(rows.columns.rowid), 0)
        turns = np.full(count, -1, dtype=np.int64)
        pairs = rows.derived_positions()
        turns[pairs[::-1, 0]] = pairs[::-1, 1]
        turns_of: dict[int, list[int]] = {}
        for memory, turn in pairs.tolist():
            turns_of.setdefault(memory, []).append(turn)
        table, sittings = windows(rows.columns, rows.place, turns)
        lengths = np.full(count, np.nan, dtype=np.float32)
        if old is not None and len(old.rows) and count:
            at = old.rows.positions(rows.columns.rowid)
            changed = np.zeros(len(matrix), dtype=bool)
            changed[touched] = True
            same = (at >= 0) & (old.slots[old.windows[at]] == slots[table]).all(axis=1)
            same &= ~changed[slots[table]].any(axis=1)
            lengths[same] = old.lengths[at[same]]
        todo = np.flatnonzero(np.isnan(lengths))
        for start in range(0, len(todo), _ROWS_A_STEP):
            some = todo[start : start + _ROWS_A_STEP]
            total = np.zeros((len(some), matrix.shape[1]), dtype=np.float32)
            for column in range(WIDTH):
                total += matrix[slots[table[some, column]]]
            lengths[some] = np.linalg.norm(total, axis=1)
        graph, pending = self._usable_graph()
        return View(rows, matrix, slots, table, turns_of, sittings, lengths, graph, pending)

    def _usable_graph(self) -> tuple[NearIndex | None, NDArray[np.int64]]:
        if self._graph is None:
            return None, np.zeros(0, dtype=np.int64)
        fresh, _ = self._lacking(self._graph)
        if len(fresh) > _PENDING_PART * len(self._table):
            return None, np.zeros(0, dtype=np.int64)
        return self._graph, self._rows.positions(fresh)

    def _lacking(self, graph: NearIndex) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rowids and revisions of the vectors that a graph does not have as they are, oldest first."""
        rowids = np.fromiter(self._revisions.keys(), dtype=np.int64, count=len(self._revisions))
        revisions = np.fromiter(self._revisions.values(), dtype=np.int64, count=len(self._revisions))
        order = np.argsort(revisions, kind="stable")
        order = order[graph.lacks(rowids[order], revisions[order])]
        return rowids[order], revisions[order]
