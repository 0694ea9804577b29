"""Which of two statements about the same thing is the newer one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlmodel import Session, col, select

from memos_engine.cube.tables import ItemRow, SourceRow, VersionRow
from memos_engine.types import Origin, Precision

PERSON = "person"
"""The actor of what the person did by hand."""

_WORD_OF_THE_PERSON = ("edited", "confirmed")


class Order(Enum):
    """How a statement stands to another one."""

    LATER = 1
    EARLIER = -1
    UNKNOWN = 0


@dataclass(frozen=True)
class Claim:
    """When a statement was made, and from when on it says to hold.

    A message was made at one moment. A document without a date was written at some time up to its import:
    `told_first` is then None and `told_last` the import.
    """

    told_first: datetime | None
    told_last: datetime
    valid_from: datetime | None = None
    precision: Precision | None = None

    @property
    def begins(self) -> datetime:
        """The start of its validity as far as it is known."""
        return self.valid_from or self.told_last

    @property
    def _valid_range(self) -> tuple[datetime, datetime] | None:
        return None if self.valid_from is None else (self.valid_from, _end_of(self.valid_from, self.precision))


def order(new: Claim, old: Claim) -> Order:
    """How `new` stands to `old`: by the times from which they hold where both say so, else by when they were made."""
    first, second = new._valid_range, old._valid_range
    if first and second:
        if first[0] >= second[1]:
            return Order.LATER
        if second[0] >= first[1]:
            return Order.EARLIER
    if new.told_first is not None and new.told_first > old.told_last:
        return Order.LATER
    if old.told_first is not None and old.told_first > new.told_last:
        return Order.EARLIER
    return Order.UNKNOWN


def claim_of(session: Session, row: ItemRow) -> Claim:
    """The claim of a stored memory: the last time that it was said counts, and the person's own hand as a saying."""
    told: list[datetime] = []
    imported: list[datetime] = []
    rows = session.exec(select(SourceRow).where(col(SourceRow.item_id) == row.id, col(SourceRow.removed_by).is_(None)))
    for source in rows:
        (imported if source.document_id or source.file else told).append(source.time)
    if row.confirmed:
        told.extend(
            session.exec(
                select(VersionRow.time).where(
                    col(VersionRow.item_id) == row.id,
                    col(VersionRow.actor) == PERSON,
                    col(VersionRow.reason).in_(_WORD_OF_THE_PERSON),
                )
            )
        )
    if not told and not imported:
        (imported if row.origin is Origin.DOCUMENT else told).append(row.recorded_from)
    return Claim(max(told, default=None), max(told + imported), row.valid_from, row.valid_precision)


def _end_of(start: datetime, precision: Precision | None) -> datetime:
    """The first moment behind the year, month, day or minute that `start` opens."""
    match precision:
        case Precision.YEAR:
            return start.replace(year=start.year + 1, day=1) if start.year < 9999 else start
        case Precision.MONTH:
            return (start.replace(day=1) + timedelta(days=32)).replace(day=1) if start.year < 9999 else start
        case Precision.DAY:
            return start + timedelta(days=1) if start.year < 9999 else start
        case _:
            return start + timedelta(minutes=1) if start.year < 9999 else start
