"""Secrets in texts that were kept before anybody looked for them."""

from sqlalchemy import update
from sqlmodel import Session, col, select

from memos_engine.cube import holding, items, messages, sources
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import Header, ItemRow
from memos_engine.reader.secrets import SECRET, find_secrets
from memos_engine.types import CancelToken, Kind, Progress, ProgressCallback

_ROWS_A_STEP = 256


def look_through(store: CubeStore, progress: ProgressCallback, cancel: CancelToken) -> None:
    """Let no answer be made of messages and passages of an older format in which a secret stands, newest first. What is
    done is kept when it is cancelled. Raises `CancelledError` and what the cube raises."""
    whole = store.header().unguarded
    while left := store.header().unguarded:
        cancel.check()
        progress(Progress(whole - left, whole, "texts"))
        _look_at_some(store, left)


def _look_at_some(store: CubeStore, last: int) -> None:
    with store.read() as session:
        verbatim = col(ItemRow.kind).in_((Kind.MESSAGE, Kind.CHUNK))
        wanted = select(col(ItemRow.rowid), col(ItemRow.text)).where(col(ItemRow.rowid) <= last, verbatim)
        rows = session.exec(wanted.order_by(col(ItemRow.rowid).desc()).limit(_ROWS_A_STEP)).all()
        texts = {rowid or 0: text for rowid, text in rows}
    found = [rowid for rowid, text in texts.items() if find_secrets(text)]
    with store.write() as session:
        for row in session.exec(select(ItemRow).where(col(ItemRow.rowid).in_(found))).all():
            if row.text == texts.get(row.rowid or 0):  # else it was looked at when it was changed
                _withhold(session, row)
        session.connection().execute(update(Header).values(unguarded=min(texts, default=1) - 1))


def _withhold(session: Session, row: ItemRow) -> None:
    if row.message_id is None:
        row.spent_from, row.sensitivity = holding.NEVER_HELD, [SECRET]
        items.save(session, row)
        return
    made = items.by_ids(session, sources.items_from_messages(session, [row.message_id]))
    if not any(SECRET in memory.sensitivity for memory in made):  # else the person asked to remember it
        messages.set_quotable(session, row.message_id, False)
