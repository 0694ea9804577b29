"""Secrets in texts that were kept before anybody looked for them."""

import logging

from sqlalchemy import update
from sqlmodel import Session, col, select

from memos_engine.cube import holding, items, messages, sources
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import Header, ItemRow
from memos_engine.errors import MemosError
from memos_engine.reader.secrets import SECRET, find_secrets
from memos_engine.services.home import OpenHome
from memos_engine.types import CancelToken, Kind

_log = logging.getLogger(__name__)
_ROWS_A_WRITE = 256


def look_through(store: CubeStore, cancel: CancelToken) -> None:
    """Let no answer be made of messages and passages of an older format in which a secret stands, newest first. What is
    done is kept when it is cancelled. Raises `CancelledError` and what the cube raises."""
    while store.header().unguarded:
        cancel.check()
        with store.write() as session:
            _look_at_some(session)


def look_through_all(home: OpenHome) -> None:
    """`look_through` in every open cube; where one cannot be written, it is done at the next opening."""
    for store in home.shelf.all_open():
        try:
            look_through(store, CancelToken())
        except MemosError as error:
            _log.warning("texts of an older format were not looked through: %s", error.message)


def _look_at_some(session: Session) -> None:
    (last,) = session.exec(select(Header.unguarded)).all()
    verbatim = col(ItemRow.kind).in_((Kind.MESSAGE, Kind.CHUNK))
    wanted = select(ItemRow).where(col(ItemRow.rowid) <= last, verbatim)
    rows = session.exec(wanted.order_by(col(ItemRow.rowid).desc()).limit(_ROWS_A_WRITE)).all()
    for row in rows:
        if find_secrets(row.text):
            _withhold(session, row)
    left = (rows[-1].rowid or 1) - 1 if rows else 0
    session.connection().execute(update(Header).values(unguarded=left))


def _withhold(session: Session, row: ItemRow) -> None:
    if row.message_id is None:
        row.spent_from, row.sensitivity = holding.NEVER_HELD, [SECRET]
        items.save(session, row)
        return
    made = items.by_ids(session, sources.items_from_messages(session, [row.message_id]))
    if not any(SECRET in memory.sensitivity for memory in made):  # else the person asked to remember it
        messages.set_quotable(session, row.message_id, False)
