"""The columns of a cube's items in memory, caught up with the database by what is new, changed or gone."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, func, type_coerce
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from memos_engine.cube.columns import ItemColumns, item_columns
from memos_engine.cube.tables import ItemRow, SourceRow
from memos_engine.types import Kind

_MARGIN_US = 60 * 1_000_000
"""`updated` is set before its transaction ends: rows as much older than the newest one are looked at again."""

_MANY = 10_000

_ARRAYS = tuple(field.name for field in fields(ItemColumns) if field.name != "place")


@dataclass(frozen=True)
class Rows:
    """n items of a cube, ordered by rowid; never changed, only replaced."""

    columns: ItemColumns
    """Without its `place`."""
    place: NDArray[np.int64]
    """Number of the conversation or document; -1: none."""
    subject: NDArray[np.int64]
    """Place in `subjects`."""
    subjects: tuple[str, ...]
    """Whom or what items are about: "me", speakers, people."""
    places: tuple[str, ...]
    derived: NDArray[np.int64]
    """int64 `[m, 2]`: rowids of a memory and of a verbatim turn that it came from."""

    def __len__(self) -> int:
        return len(self.columns.rowid)

    def positions(self, rowids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where these items stand; -1 for those that are not here."""
        if not len(self):
            return np.full(len(rowids), -1, dtype=np.int64)
        found = np.searchsorted(self.columns.rowid, rowids)
        found[found == len(self)] = 0
        positions: NDArray[np.int64] = np.where(self.columns.rowid[found] == rowids, found, -1)
        return positions

    def derived_positions(self) -> NDArray[np.int64]:
        """`derived` as positions, pairs with an item that is not here left out."""
        pairs = np.stack([self.positions(self.derived[:, 0]), self.positions(self.derived[:, 1])], axis=1)
        here: NDArray[np.int64] = pairs[(pairs >= 0).all(axis=1)]
        return here


EMPTY = Rows(
    ItemColumns(
        **{name: np.zeros(0, dtype=bool if name in ("current", "pinned") else np.int64) for name in _ARRAYS},
        place=(),
    ),
    np.zeros(0, dtype=np.int64),
    np.zeros(0, dtype=np.int64),
    (),
    (),
    np.zeros((0, 2), dtype=np.int64),
)


def caught_up(session: Session, rows: Rows) -> tuple[Rows, NDArray[np.int64]]:
    """`rows` as the database has them now, and the rowids int64[k] that were added, changed or removed."""
    changed = _changed(session, rows)
    last = int(rows.columns.rowid[-1]) if len(rows) else 0
    parts = [item_columns(session, changed[at : at + _MANY].tolist()) for at in range(0, len(changed), _MANY)]
    parts.append(item_columns(session, after=last))
    stale = np.concatenate([changed, *(part.rowid for part in parts)])
    count = select(func.count()).select_from(ItemRow).where(col(ItemRow.staged).is_(False))
    kept = ~np.isin(rows.columns.rowid, stale)
    if int(kept.sum()) + sum(len(part.rowid) for part in parts) != int(session.exec(count).one()):
        there = np.array(
            session.exec(select(ItemRow.rowid).where(col(ItemRow.staged).is_(False))).all(), dtype=np.int64
        )
        stale = np.concatenate([stale, np.setdiff1d(rows.columns.rowid, there)])
        known = np.concatenate([rows.columns.rowid, *(part.rowid for part in parts)])
        unseen = np.setdiff1d(there, known)
        parts += [item_columns(session, unseen[at : at + _MANY].tolist()) for at in range(0, len(unseen), _MANY)]
        stale = np.unique(np.concatenate([stale, unseen]))
        kept = ~np.isin(rows.columns.rowid, stale)
    if not len(stale):
        return rows, stale
    return _merged(session, rows, kept, parts, stale), np.unique(stale)


def _changed(session: Session, rows: Rows) -> NDArray[np.int64]:
    """Rowids of known or skipped items whose `updated` is another than the one here."""
    if not len(rows):
        return np.zeros(0, dtype=np.int64)
    since = int(rows.columns.updated.max()) - _MARGIN_US
    updated = type_coerce(ItemRow.updated, BigInteger)
    statement = select(ItemRow.rowid, updated).where(
        updated >= since, col(ItemRow.rowid) <= int(rows.columns.rowid[-1]), col(ItemRow.staged).is_(False)
    )
    found = np.array(session.exec(statement).all(), dtype=np.int64).reshape(-1, 2)
    at = rows.positions(found[:, 0])
    changed: NDArray[np.int64] = found[(at < 0) | (rows.columns.updated[at] != found[:, 1]), 0]
    return changed


def _merged(
    session: Session, rows: Rows, kept: NDArray[np.bool_], parts: Sequence[ItemColumns], stale: NDArray[np.int64]
) -> Rows:
    fresh = np.concatenate([part.rowid for part in parts])
    place_numbers = {name: number for number, name in enumerate(rows.places)}
    subject_numbers = {name: number for number, name in enumerate(rows.subjects)}
    place = [
        place_numbers.setdefault(name, len(place_numbers)) if name else -1 for part in parts for name in part.place
    ]
    names = _subjects(session, fresh)
    subject = [subject_numbers.setdefault(names.get(rowid, ""), len(subject_numbers)) for rowid in fresh.tolist()]
    order = np.argsort(np.concatenate([rows.columns.rowid[kept], fresh]), kind="stable")

    def joined(old: NDArray[np.generic], new: Sequence[NDArray[np.generic]]) -> NDArray[np.generic]:
        return np.concatenate([old[kept].astype(new[0].dtype), *new])[order]

    arrays = {name: joined(getattr(rows.columns, name), [getattr(part, name) for part in parts]) for name in _ARRAYS}
    derived = rows.derived[~np.isin(rows.derived, stale).any(axis=1)]
    return replace(
        rows,
        columns=ItemColumns(**arrays, place=()),  # type: ignore[arg-type]
        place=np.concatenate([rows.place[kept], np.array(place, dtype=np.int64)])[order],
        subject=np.concatenate([rows.subject[kept], np.array(subject, dtype=np.int64)])[order],
        subjects=tuple(subject_numbers),
        places=tuple(place_numbers),
        derived=np.unique(np.concatenate([derived, _derived(session, fresh)]), axis=0),
    )


def _subjects(session: Session, rowids: NDArray[np.int64]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in _pieces(rowids):
        rows = session.exec(select(ItemRow.rowid, ItemRow.subject).where(col(ItemRow.rowid).in_(some))).all()
        found.update((rowid, subject) for rowid, subject in rows if rowid is not None)
    return found


def _derived(session: Session, rowids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pairs (memory, turn) in which one of these items stands."""
    turn = aliased(ItemRow)
    statement = (
        select(ItemRow.rowid, turn.rowid)
        .join(SourceRow, col(SourceRow.item_id) == col(ItemRow.id))
        .join(turn, col(turn.message_id) == col(SourceRow.message_id))
        .where(col(SourceRow.removed_by).is_(None), col(ItemRow.kind) != Kind.MESSAGE)
    )
    pairs: list[tuple[int | None, int | None]] = []
    for some in _pieces(rowids):
        pairs += session.exec(statement.where(col(ItemRow.rowid).in_(some))).all()
        pairs += session.exec(statement.where(col(turn.rowid).in_(some))).all()
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _pieces(rowids: NDArray[np.int64]) -> list[list[int]]:
    return [rowids[at : at + _MANY].tolist() for at in range(0, len(rowids), _MANY)]
