"""Which items a read may see: one description, applied as SQL or to arrays of item columns."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import col

from memos_engine.cube import holding
from memos_engine.cube.columns import ItemColumns, kind_codes, microseconds, state_codes
from memos_engine.cube.tables import ItemRow
from memos_engine.types import Kind, State, now


@dataclass(frozen=True)
class ItemScope:
    """What may be read. Staged rows never are. Made by the gate alone for whoever reads memory."""

    states: tuple[State, ...] = (State.ACTIVATED,)
    """Empty: all."""
    kinds: tuple[Kind, ...] = ()
    """Empty: all (verbatim turns by `include_verbatim`)."""
    as_of: datetime | None = None
    """What was true then, instead of what is held to be true now."""
    current_only: bool = True
    """Leave out what holds no more; with `as_of`, what did not hold then."""
    former: bool = False
    """Memories too that held before, though something newer has superseded them or they have ended."""
    spent: bool = False
    """Verbatim turns too whose words hold no more, for who looks for what was said."""
    withdrawn: bool = False
    """With `spent`, those too that were never to hold: edited away, moved, or removed with what was made of them;
    and passages with a secret."""
    include_verbatim: bool = True
    """Verbatim turns too, where `kinds` is empty."""
    excluded_messages: tuple[str, ...] = ()
    """Messages whose verbatim items are left out: they stand in the prompt already."""

    def where(self) -> list[ColumnElement[bool]]:
        """Conditions on `ItemRow`, to be joined by AND."""
        conditions: list[ColumnElement[bool]] = [
            col(ItemRow.staged).is_(False),
            or_(col(ItemRow.lifespan).is_(None), col(ItemRow.lifespan) > now(), col(ItemRow.state) != State.ACTIVATED),
        ]
        if self.states:
            conditions.append(col(ItemRow.state).in_(self.states))
        if self.admitted_kinds is not None:
            conditions.append(col(ItemRow.kind).in_(self.admitted_kinds))
        if self.current_only and self.as_of is None and not self.former:
            conditions.append(holding.current(now()))
        if self.current_only and not self.spent:
            conditions.append(holding.unspent(self.as_of or now()))
        elif self.current_only and not self.withdrawn:
            conditions.append(holding.unspent(holding.NEVER_HELD))
        if self.current_only and self.as_of is not None:
            begins = func.coalesce(ItemRow.valid_from, ItemRow.created)
            ends = func.coalesce(ItemRow.valid_to, ItemRow.recorded_to)
            is_happening = col(ItemRow.kind).in_((Kind.EVENT, Kind.MESSAGE))
            conditions.append(and_(begins <= self.as_of, or_(ends.is_(None), ends > self.as_of, is_happening)))
        if self.excluded_messages:
            conditions.append(
                or_(col(ItemRow.message_id).is_(None), col(ItemRow.message_id).not_in(self.excluded_messages))
            )
        return conditions

    @property
    def admitted_kinds(self) -> tuple[Kind, ...] | None:
        """The kinds that are admitted; None: all."""
        if self.kinds:
            return self.kinds
        return None if self.include_verbatim else tuple(kind for kind in Kind if kind is not Kind.MESSAGE)

    def admits(self, columns: ItemColumns) -> NDArray[np.bool_]:
        """The same conditions on arrays of n items (excluded messages aside): bool[n]."""
        admitted: NDArray[np.bool_] = columns.lifespan > microseconds(now())
        admitted |= columns.state != state_codes((State.ACTIVATED,))[0]
        if self.states:
            admitted &= np.isin(columns.state, state_codes(self.states))
        if self.admitted_kinds is not None:
            admitted &= np.isin(columns.kind, kind_codes(self.admitted_kinds))
        if self.current_only and self.as_of is None and not self.former:
            admitted &= columns.current & (columns.ended > microseconds(now()))
        if self.current_only and not self.spent:
            admitted &= columns.spent > microseconds(self.as_of or now())
        elif self.current_only and not self.withdrawn:
            admitted &= columns.spent > microseconds(holding.NEVER_HELD)
        if self.current_only and self.as_of is not None:
            moment = microseconds(self.as_of)
            is_happening = np.isin(columns.kind, kind_codes((Kind.EVENT, Kind.MESSAGE)))
            admitted &= (columns.begins <= moment) & ((columns.ends > moment) | is_happening)
        return admitted
