"""Making the vectors of items that have none."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func
from sqlmodel import col, select

from memos_engine.cube import vectors
from memos_engine.cube.items import indexed_text
from memos_engine.cube.tables import ItemRow, VectorRow
from memos_engine.encoder import SentenceEncoder
from memos_engine.types import CancelToken, Progress, ProgressCallback

if TYPE_CHECKING:
    from memos_engine.cube.store import CubeStore

_ITEMS_A_STEP = 128
"""Items that are read, encoded and written together: under a second, and what a cancel may lose."""


def embed(store: "CubeStore", encoder: SentenceEncoder, rows: Sequence[ItemRow]) -> NDArray[np.float32]:
    """Encode these items and keep the vectors of those that are still there; float32 `[len(rows), dimensions]`."""
    made = encoder.encode([indexed_text(row) for row in rows])
    _keep(store, encoder, [row.rowid or 0 for row in rows], made)
    return made


def embed_missing(
    store: "CubeStore", encoder: SentenceEncoder, progress: ProgressCallback, cancel: CancelToken | None
) -> int:
    """Give every item of the cube a vector of this encoder; returns how many lacked one.

    Each step is durable: a call that was cancelled, or whose process died, goes on where it stopped. Raises
    `CancelledError`, `InUseError`, `DiskError`.
    """
    return embed_all([store], encoder, progress, cancel)


def embed_all(
    stores: Sequence["CubeStore"], encoder: SentenceEncoder, progress: ProgressCallback, cancel: CancelToken | None
) -> int:
    """`embed_missing` over several cubes, with one progress over all of them."""
    total = sum(_lacking(store, encoder) for store in stores)
    done = 0
    for store in stores if total else ():
        while True:
            if cancel is not None:
                cancel.check()
            with store.read() as session:
                missing = vectors.missing(session, encoder.id, _ITEMS_A_STEP)
            if not missing:
                break
            rows = encoder.encode([text for _, text in missing])
            _keep(store, encoder, [rowid for rowid, _ in missing], rows)
            done += len(missing)
            progress(Progress(done, max(total, done), "items"))
    return done


def _keep(store: "CubeStore", encoder: SentenceEncoder, rowids: Sequence[int], made: NDArray[np.float32]) -> None:
    with store.write() as session:
        there = set(session.exec(select(ItemRow.rowid).where(col(ItemRow.rowid).in_(rowids))))
        kept = [(rowid, vector) for rowid, vector in zip(rowids, made, strict=True) if rowid in there]
        vectors.put(session, kept, encoder.id)


def drop_others(store: "CubeStore", encoder: SentenceEncoder) -> None:
    """Erase the vectors of every other encoder."""
    with store.write() as session:
        vectors.drop_other_encoders(session, encoder.id)


def _lacking(store: "CubeStore", encoder: SentenceEncoder) -> int:
    have = select(VectorRow.rowid).where(col(VectorRow.encoder) == encoder.id)
    lacking = select(func.count()).select_from(ItemRow).where(col(ItemRow.staged).is_(False))
    with store.read() as session:
        return int(session.exec(lacking.where(col(ItemRow.rowid).not_in(have))).one())
