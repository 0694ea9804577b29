"""Ranked search over the cubes of a grant."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from memos_engine.cube import items, messages
from memos_engine.cube.columns import microseconds
from memos_engine.cube.tables import ItemRow
from memos_engine.encoder import SentenceEncoder
from memos_engine.errors import InUseError
from memos_engine.governance.gate import Grant
from memos_engine.retrieval import embedding
from memos_engine.retrieval.cube_index import GRAPH_FROM, CubeIndex, View
from memos_engine.retrieval.lexical import lexical_scores
from memos_engine.retrieval.near import discard_snapshot
from memos_engine.retrieval.question import Question
from memos_engine.retrieval.ranking import Ranked, Ranking
from memos_engine.retrieval.scoring import Signals, signals
from memos_engine.retrieval.selection import admits_when, one_a_source
from memos_engine.types import CancelToken, Kind, Memory, ProgressCallback, Recalled, no_progress, now

if TYPE_CHECKING:
    from memos_engine.cube.shelf import CubeShelf
    from memos_engine.cube.store import CubeStore

log = logging.getLogger(__name__)

_QUERIES_A_BATCH = 64

_EMBEDDED_AT_ONCE = 32
"""New items that a search embeds itself before it answers; more than that is `catch_up`'s work."""

_DEPTH = 64
"""Ranked items beyond four times those asked for that are looked at first: some stand for the same source."""

_ENTRIES_A_STEP = 4


class Retrieval:
    """Lexical and dense search of the open cubes, each with the context of neighbouring turns. Thread-safe."""

    def __init__(
        self, shelf: "CubeShelf", encoder: Callable[[], SentenceEncoder], *, graph_from: int = GRAPH_FROM
    ) -> None:
        """`encoder` gives the encoder in use (loading it at the first call); `graph_from`: see `cube_index`."""
        self._shelf = shelf
        self._encoder = encoder
        self._graph_from = graph_from
        self._indexes: dict[str, CubeIndex] = {}
        self._lock = threading.Lock()

    # --- searching

    def recall(self, grant: Grant, among: Mapping[str, Sequence[int]] | None = None) -> list[Recalled]:
        """What the grant's query finds, best first, at most `call.limit`. An empty query finds nothing.

        `among`: rowids by cube id, to which the search is limited before it ranks. Raises `ModelRejectedError` when the
        encoder cannot be loaded.
        """
        return next(self.recall_batch([grant], among))

    def recall_batch(
        self, grants: Iterable[Grant], among: Mapping[str, Sequence[int]] | None = None
    ) -> Iterator[list[Recalled]]:
        """The answers to many grants, in order; queries are encoded together. `among` as for `recall`."""
        waiting = iter(grants)
        while batch := list(islice(waiting, _QUERIES_A_BATCH)):
            asked = [grant for grant in batch if grant.cube_ids and grant.call.query.strip()]
            if not asked:
                yield from ([] for _ in batch)
                continue
            encoder = self._encoder()
            meanings = iter(encoder.encode([grant.call.query for grant in asked]))
            for grant in batch:
                yield self._ranked(grant, encoder, next(meanings), among) if grant in asked else []

    def neighbours(
        self, store: "CubeStore", vector: NDArray[np.float32], k: int, kinds: Sequence[Kind] = ()
    ) -> list[tuple[int, float]]:
        """Item rowids of a cube with the cosine of their vectors to a unit vector, nearest first, at most `k`.

        Every state is looked at, and every kind unless `kinds` are given: the caller filters.
        """
        view = self._fresh_view(store, self._encoder())
        if not len(view.rows) or view.matrix.shape[1] != len(vector):
            return []
        cosines = (view.matrix @ vector)[view.slots[:-1]]
        wanted = view.slots[:-1] > 0
        if kinds:
            wanted &= np.isin(view.rows.columns.kind, [list(Kind).index(kind) for kind in kinds])
        cosines[~wanted] = -2.0
        best = np.argsort(-cosines, kind="stable")[: min(k, int(wanted.sum()))]
        return [(int(view.rows.columns.rowid[at]), float(cosines[at])) for at in best]

    def embed(self, store: "CubeStore", rows: Sequence[ItemRow]) -> NDArray[np.float32]:
        """Give new items of a cube their unit vectors by the encoder in use, float32 `[len(rows), dimensions]`.

        Raises `InUseError`, `DiskError`.
        """
        return embedding.embed(store, self._encoder(), rows)

    # --- keeping up

    def catch_up(
        self, cube_id: str, progress: ProgressCallback = no_progress, cancel: CancelToken | None = None
    ) -> int:
        """Embed every item of a cube that has no vector yet, so that it is found by meaning too; returns how many.

        Raises `CancelledError`; what was embedded until then is kept.
        """
        return embedding.embed_missing(self._shelf.get(cube_id), self._encoder(), progress, cancel)

    def tend(self, cube_id: str, progress: ProgressCallback = no_progress, cancel: CancelToken | None = None) -> None:
        """Background work for a cube: embed what is missing, then bring a large cube's graph up to date."""
        self.catch_up(cube_id, progress, cancel)
        self._index(self._shelf.get(cube_id), self._encoder()).tend(progress, cancel)

    def use_encoder(
        self,
        new: SentenceEncoder,
        switch: Callable[[], None],
        progress: ProgressCallback = no_progress,
        cancel: CancelToken | None = None,
    ) -> None:
        """Embed every open cube with another encoder while the old one serves, then call `switch`, which puts it in its
        place, and drop the old vectors.

        Raises `CancelledError`: the old encoder goes on, and the next try goes on where this one stopped.
        """
        stores = self._shelf.all_open()
        embedding.embed_all(stores, new, progress, cancel)
        switch()
        for store in stores:
            embedding.embed_missing(store, new, no_progress, None)
            embedding.drop_others(store, new)
        with self._lock:
            self._indexes.clear()

    def follow(self, cube_id: str) -> None:
        """Take what was erased from a cube out of its index and of the sealed snapshot now, not at the next search."""
        store = self._shelf.get(cube_id)
        with self._lock:
            index = self._indexes.get(cube_id)
        if index is not None and index.store is store:
            index.view()
        else:
            discard_snapshot(store.blobs)

    def close(self, cube_id: str) -> None:
        """Drop what is held in memory of a cube."""
        with self._lock:
            self._indexes.pop(cube_id, None)

    def close_all(self) -> None:
        """Drop what is held in memory of every cube."""
        with self._lock:
            self._indexes.clear()

    # --- one search

    def _index(self, store: "CubeStore", encoder: SentenceEncoder) -> CubeIndex:
        with self._lock:
            index = self._indexes.get(store.cube_id)
            if index is None or index.store is not store or index.encoder != encoder.id:
                index = self._indexes[store.cube_id] = CubeIndex(store, encoder.id, self._graph_from)
        return index

    def _fresh_view(self, store: "CubeStore", encoder: SentenceEncoder) -> View:
        index = self._index(store, encoder)
        view = index.view()
        lacking = int((view.slots[:-1] == 0).sum())
        if 0 < lacking <= _EMBEDDED_AT_ONCE:
            try:
                embedding.embed_missing(store, encoder, no_progress, None)
            except InUseError:
                log.info("cube %s is being written: %d new items are found by their words only", store.cube_id, lacking)
            view = index.view()
        return view

    def _ranked(
        self,
        grant: Grant,
        encoder: SentenceEncoder,
        vector: NDArray[np.float32],
        among: Mapping[str, Sequence[int]] | None,
    ) -> list[Recalled]:
        asked = grant.scope.as_of or now()
        question = Question.read(grant.call.query, asked)
        moment = microseconds(asked)
        shelved = [self._shelf.get(cube_id) for cube_id in grant.cube_ids]
        seen = [(store, self._fresh_view(store, encoder)) for store in shelved]
        stores = [store for store, view in seen if len(view.rows)]
        views = [view for _, view in seen if len(view.rows)]
        if not stores:
            return []
        parts = [
            self._signals(store, view, grant, question, vector, moment, among)
            for store, view in zip(stores, views, strict=True)
        ]
        ranking = Ranking(parts)
        limit = max(grant.call.limit, 0)
        depth = _DEPTH + 4 * limit
        while True:
            entries = one_a_source(ranking.best(depth), [view.turns for view in views])
            found = self._memories(stores, views, grant, entries, limit)
            if len(found) >= limit or depth >= ranking.size:
                return ranking.scored(found)
            depth *= 8

    def _signals(
        self,
        store: "CubeStore",
        view: View,
        grant: Grant,
        question: Question,
        vector: NDArray[np.float32],
        moment: int,
        among: Mapping[str, Sequence[int]] | None,
    ) -> Signals:
        columns = view.rows.columns
        visible = admits_when(grant.scope, columns)
        wanted = grant.scope.admits(columns)
        if among is not None:
            wanted &= np.isin(columns.rowid, np.array(among.get(store.cube_id, ()), dtype=np.int64))
        with store.read() as session:
            wanted[_excluded(session, view, grant.scope.excluded_messages)] = False
            lexical = lexical_scores(session, question, view.rows, visible)
        return signals(view, wanted, visible, question, vector, lexical, moment)

    def _memories(
        self,
        stores: Sequence["CubeStore"],
        views: Sequence[View],
        grant: Grant,
        entries: Sequence[Ranked],
        limit: int,
    ) -> list[tuple[Ranked, Memory]]:
        """The first `limit` entries that are still there and admitted as the database stands now."""
        found: list[tuple[Ranked, Memory]] = []
        for start in range(0, len(entries), _ENTRIES_A_STEP + limit):
            some = entries[start : start + _ENTRIES_A_STEP + limit]
            memories: dict[tuple[int, int], Memory] = {}
            for cube, (store, view) in enumerate(zip(stores, views, strict=True)):
                rowids = {e.position: int(view.rows.columns.rowid[e.position]) for e in some if e.cube == cube}
                memories |= {(cube, at): memory for at, memory in _read(store, grant, rowids).items()}
            found += [(e, memories[e.cube, e.position]) for e in some if (e.cube, e.position) in memories]
            if len(found) >= limit:
                break
        return found[:limit]


def _read(store: "CubeStore", grant: Grant, rowids: dict[int, int]) -> dict[int, Memory]:
    """The items of `rowids` (any key → rowid) that the grant's scope admits, with their sources, by key."""
    if not rowids:
        return {}
    with store.read() as session:
        rows = items.by_rowids(session, list(rowids.values()), grant.scope)
        here = {key: rows[rowid] for key, rowid in rowids.items() if rowid in rows}
        return dict(zip(here, items.to_memories(session, here.values(), store.cube_id), strict=True))


def _excluded(session: Session, view: View, message_ids: Sequence[str]) -> NDArray[np.int64]:
    at = view.rows.positions(np.array(messages.verbatim_rowids(session, message_ids), dtype=np.int64))
    return at[at >= 0]
