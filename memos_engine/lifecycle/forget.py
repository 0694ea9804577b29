"""Erasing memories for good, in one cube and one transaction."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from memos_engine.cube import erasure, items, messages, tombstones, versions
from memos_engine.cube.tables import ItemRow
from memos_engine.lifecycle.change import TAKEN_BACK, Change
from memos_engine.lifecycle.echoes import inferred_from, spans, with_former_selves
from memos_engine.lifecycle.inferred import re_parent
from memos_engine.lifecycle.redaction import Redaction
from memos_engine.types import ChangeKind, Echo, Kind


def widened(session: Session, rows: Sequence[ItemRow]) -> list[ItemRow]:
    """The memories, their former selves, and what was inferred from them: what is erased together."""
    same = with_former_selves(session, rows)
    return with_former_selves(session, [*same, *inferred_from(session, same)])


def forget(change: Change, rows: Sequence[ItemRow], also: Sequence[Echo], *, quotes: bool = True) -> None:
    """Erase `rows` (already widened) and the ticked echoes.

    With `quotes`, the spans that the memories came from are erased too. The caller scrubs the store afterwards.
    """
    session = change.session
    change.begin()
    quotes_of = {
        memory.id: tuple({source.quote for source in memory.sources if source.quote.strip()})
        for memory in items.to_memories(session, rows, change.cube_id)
    }
    redaction = Redaction(session, change.cube_id)
    for echo in also:
        redaction.add_echo(echo)
    texts = {row.id: _texts(session, row) for row in rows}
    for row in rows:
        sources = spans(session, row)
        for text in sorted(texts[row.id]) if quotes or not _rolled_back(session, row) else ():
            tombstones.add(session, row.id, text, quotes_of[row.id])
        if quotes:
            _gather(redaction, row, texts[row.id])
            for source in sources:
                redaction.add_source(source)
    redaction.erase()
    gone = {row.id for row in rows}
    re_parent(change, rows, gone)
    _close_gaps(change, rows)
    for row in items.by_ids(session, [row.id for row in rows]):
        messages.forget_used(session, [row.id])
        erasure.erase_item(session, row)
    for row in rows:
        change.tell(row.id, ChangeKind.FORGOTTEN)
    change.conversations |= redaction.conversations


def _rolled_back(session: Session, row: ItemRow) -> bool:
    """Whether nobody threw it away: its message was edited. What says the same may be remembered."""
    steps = versions.of_item(session, row.id)
    return bool(steps) and steps[-1].reason in TAKEN_BACK


def _gather(redaction: Redaction, row: ItemRow, texts: set[str]) -> None:
    if row.kind is Kind.MESSAGE and row.message_id is not None:
        redaction.add_message(row.message_id)
    for text in texts:
        redaction.add_words(text)


def _texts(session: Session, row: ItemRow) -> set[str]:
    """Every wording that the memory ever had."""
    return {row.text} | {str(version.snapshot.get("text", "")) for version in versions.of_item(session, row.id)} - {""}


def _close_gaps(change: Change, rows: Sequence[ItemRow]) -> None:
    """What `rows` had superseded stays history and points past them. No version: what closed it can still be undone."""
    gone = {row.id: row.superseded_by for row in rows}
    for old in change.session.exec(select(ItemRow).where(col(ItemRow.superseded_by).in_(gone))).all():
        if old.id in gone:
            continue
        successor = old.superseded_by
        while successor in gone:
            successor = gone[successor]
        old.superseded_by = successor
        items.save(change.session, old)
        change.tell(old.id, ChangeKind.UPDATED)
