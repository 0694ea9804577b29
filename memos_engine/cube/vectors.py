"""Sentence vectors of items: float32, one for each encoder that has read the item."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, func
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from memos_engine.cube.columns import microseconds
from memos_engine.cube.items import indexed_text
from memos_engine.cube.tables import ItemRow, VectorRow
from memos_engine.types import now

_LITTLE = np.dtype("<f4")
_MANY = 10_000


def put(session: Session, vectors: Sequence[tuple[int, NDArray[np.float32]]], encoder: str) -> None:
    """Keep the vectors (item rowid, float32[d]) of an encoder, in the place of its older ones of the same items."""
    if not vectors:
        return
    session.flush()
    greatest = select(func.coalesce(func.max(VectorRow.revision), 0)).where(col(VectorRow.encoder) == encoder)
    # Never a number that was given before, though the vector that had it is gone: hence the clock.
    revision = max(int(session.exec(greatest).one()), microseconds(now()))
    rows = [
        {
            "rowid": int(rowid),
            "encoder": encoder,
            "revision": revision + number,
            "data": vector.astype(_LITTLE).tobytes(),
        }
        for number, (rowid, vector) in enumerate(vectors, 1)
    ]
    statement = insert(VectorRow)
    session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=["rowid", "encoder"],
            set_={name: statement.excluded[name] for name in ("revision", "data")},
        ),
        rows,
    )


def missing(session: Session, encoder: str, limit: int) -> list[tuple[int, str]]:
    """Items (rowid, what the encoder reads) without a vector of this encoder, oldest first."""
    have = select(VectorRow.rowid).where(col(VectorRow.encoder) == encoder)
    rows = session.exec(
        select(ItemRow)
        .where(col(ItemRow.rowid).not_in(have), col(ItemRow.staged).is_(False))
        .order_by(col(ItemRow.rowid))
        .limit(limit)
    )
    return [(row.rowid, indexed_text(row)) for row in rows if row.rowid is not None]


def load_all(session: Session, encoder: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Every vector of the encoder: rowids int64[n] in order, vectors float32[n, d] (d = 0 where there is none)."""
    rows = session.exec(
        select(VectorRow.rowid, VectorRow.data)
        .where(col(VectorRow.encoder) == encoder, col(VectorRow.rowid).not_in(_staged()))
        .order_by(col(VectorRow.rowid))
    ).all()
    return _arrays(rows)


def load(session: Session, encoder: str, rowids: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The vectors of these items that there are, as `load_all`."""
    rows: list[tuple[int | None, bytes]] = []
    for start in range(0, len(rowids), _MANY):
        some = [int(rowid) for rowid in rowids[start : start + _MANY]]
        rows += session.exec(
            select(VectorRow.rowid, VectorRow.data)
            .where(col(VectorRow.encoder) == encoder, col(VectorRow.rowid).in_(some))
            .order_by(col(VectorRow.rowid))
        ).all()
    return _arrays(rows)


def load_after(
    session: Session, encoder: str, revision: int
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.int64]]:
    """The vectors that were put after a revision, as `load_all`, and the revision int64[n] of each."""
    rows = session.exec(
        select(VectorRow.rowid, VectorRow.data, VectorRow.revision)
        .where(
            col(VectorRow.encoder) == encoder,
            col(VectorRow.revision) > revision,
            col(VectorRow.rowid).not_in(_staged()),
        )
        .order_by(col(VectorRow.rowid))
    ).all()
    rowids, vectors = _arrays([(rowid, data) for rowid, data, _ in rows])
    return rowids, vectors, np.array([row[2] for row in rows], dtype=np.int64)


def stamps(session: Session, encoder: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which vectors there are: rowids int64[n] and the revision int64[n] of each, from the index alone.

    Against the stamps of an earlier time they tell which vectors were added, replaced and removed, by any process.
    """
    rows = session.exec(
        select(VectorRow.rowid, VectorRow.revision).where(
            col(VectorRow.encoder) == encoder, col(VectorRow.rowid).not_in(_staged())
        )
    ).all()
    rowids = np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))
    revisions = np.fromiter((row[1] for row in rows), dtype=np.int64, count=len(rows))
    order = np.argsort(rowids)
    return rowids[order], revisions[order]


def drop_other_encoders(session: Session, encoder: str) -> None:
    """Erase the vectors of every encoder but this one."""
    session.connection().execute(delete(VectorRow).where(col(VectorRow.encoder) != encoder))


def _staged() -> SelectOfScalar[Any]:
    return select(ItemRow.rowid).where(col(ItemRow.staged).is_(True))


def _arrays(rows: Sequence[tuple[int | None, bytes]]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    rowids = np.array([rowid for rowid, _ in rows], dtype=np.int64)
    if not rows:
        return rowids, np.zeros((0, 0), dtype=np.float32)
    data = np.frombuffer(b"".join(data for _, data in rows), dtype=_LITTLE)
    return rowids, data.reshape(len(rows), -1).astype(np.float32)
