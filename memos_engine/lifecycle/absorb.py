"""From candidates to memories: same, entailed, changed, contradicting, or new."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import column
from sqlalchemy import text as sql
from sqlmodel import Session, col, select

from memos_engine.cube import items, messages, search_index, versions
from memos_engine.cube.holding import holds
from memos_engine.cube.ids import new_id, normalise, text_digest
from memos_engine.cube.tables import ItemRow, MessageRow, SourceRow
from memos_engine.lifecycle import chain, tombs
from memos_engine.lifecycle.change import TAKEN_BACK, Change
from memos_engine.lifecycle.merge import give_source, merge
from memos_engine.lifecycle.order import Claim, Order, claim_of, order
from memos_engine.lifecycle.provenance import Provenance, Reading
from memos_engine.lifecycle.review import decide_waiting
from memos_engine.lifecycle.slots import in_slot, same_value, stored_slot
from memos_engine.lifecycle.wording import entails, key_words, opposite
from memos_engine.types import Agreement, Candidate, ChangeKind, Kind, Origin, ReviewReason, State

CHAT = "chat"
"""The actor of what was said to the program just now."""

_VERBATIM = (Kind.MESSAGE, Kind.CHUNK)
_LIVING = (State.ACTIVATED, State.GENERATED)
_LOOKED_AT = 30
"""Memories with the same words that are compared with a new one."""

_STATES_OF_THINGS = (Kind.FACT, Kind.PREFERENCE, Kind.SKILL)
"""Kinds that a later denial replaces; what happened stays happened."""


def absorb(change: Change, readings: Iterable[Reading], *, ask: bool) -> list[ItemRow]:
    """Take in what was read, in order; returns the memories that are new."""
    added: list[ItemRow] = []
    for reading in readings:
        message_id = reading.provenance.message_id
        message = messages.find(change.session, message_id) if message_id else None
        if message is not None and not message.shown:
            continue  # its branch was left meanwhile: it stays unread until it is shown again
        said = _still_said(reading, message)
        if message_id:
            messages.mark_read(change.session, [message_id])
            if any(candidate.withheld for candidate in said):
                messages.set_quotable(change.session, message_id, False)
        for candidate in said:
            added += _absorb_one(change, candidate, reading.provenance, ask=ask, parent=None)
    return added


def _still_said(reading: Reading, message: MessageRow | None) -> Sequence[Candidate]:
    """The candidates whose words stand where they were read: their message may be gone or redacted by now."""
    if reading.provenance.message_id is None:
        return reading.candidates
    text = message.text if message is not None else ""
    return [each for each in reading.candidates if text and text[each.start : each.end] == each.quote]


def settle(change: Change, row: ItemRow) -> None:
    """Bring a memory that was just activated into order with the others: merge it, or give it its place."""
    claim = claim_of(change.session, row)
    if row.slot:
        others = [other for other in in_slot(change.session, row.subject, row.slot) if other.id != row.id]
        place = chain.find_place(change, claim, row.value, others)
        if place.same is not None:
            merge(change, row, into=place.same)
        else:
            chain.put(change, row, place)
        return
    near = [other for other in related(change.session, row.text, row.subject) if other.id != row.id]
    for other in near:
        if _says_the_same(other, row.text, row.kind, claim) and holds(other):
            merge(change, row, into=other)
            return
    _against_opposites(change, row, claim, near)
    _over_the_less_detailed(change, row, near)


def related(session: Session, text: str, subject: str) -> list[ItemRow]:
    """Living memories of the same subject that have the same words, or share the first that carry meaning."""
    exact = items.with_digest(session, text_digest(session, text))
    rows = {row.id: row for row in [*exact, *_sharing_words(session, text, subject)]}
    return [
        row for row in rows.values() if row.kind not in _VERBATIM and row.state in _LIVING and row.subject == subject
    ]


def _sharing_words(session: Session, text: str, subject: str) -> Sequence[ItemRow]:
    words = key_words(text)[:2]
    if not words:
        return ()
    expression = " AND ".join(f"({search_index.any_word([word])})" for word in words)
    matching = sql("SELECT rowid FROM item_fts WHERE item_fts MATCH :expression").bindparams(expression=expression)
    return session.exec(
        select(ItemRow)
        .where(
            col(ItemRow.rowid).in_(matching.columns(column("rowid"))),
            col(ItemRow.subject) == subject,
            col(ItemRow.kind).not_in(_VERBATIM),
            col(ItemRow.state).in_(_LIVING),
            col(ItemRow.staged).is_(False),
        )
        .order_by(col(ItemRow.rowid).desc())
        .limit(_LOOKED_AT)
    ).all()


def _absorb_one(
    change: Change, candidate: Candidate, provenance: Provenance, *, ask: bool, parent: ItemRow | None
) -> list[ItemRow]:
    session = change.session
    if (
        candidate.withheld
        or not candidate.text.strip()
        or tombs.blocked(session, candidate, provenance, live=change.actor == CHAT)
        or _taken_before(session, candidate, provenance)
    ):
        return []
    claim = _claim(candidate, provenance)
    slot, value, place = _slot_of(change, candidate, claim)
    near = [] if slot else related(session, candidate.text, candidate.subject)
    same = place.same or _same(session, candidate, claim, near)
    added: list[ItemRow] = []
    if same is not None:
        _join(change, same, candidate, provenance, inferred=parent is not None)
        if same.state is State.GENERATED and not ask:
            change.step(same, ChangeKind.UPDATED, "said again while it waited", state=State.ACTIVATED)
            decide_waiting(change, same, Agreement.ACCEPT)
            settle(change, same)
        row = same
    else:
        row = _store(change, candidate, provenance, slot, value, parent, ask)
        added.append(row)
        if ask:
            if parent is None or parent.state is not State.GENERATED:
                change.ask(ReviewReason.PENDING, row)
        elif slot:
            chain.put(change, row, place)
        else:
            _against_opposites(change, row, claim, near)
            _over_the_less_detailed(change, row, near)
    for follows in candidate.inferred:
        added += _absorb_one(change, follows, provenance, ask=ask, parent=row)
    return added


def _claim(candidate: Candidate, provenance: Provenance) -> Claim:
    told = None if provenance.document_id else provenance.time
    return Claim(told, provenance.time, candidate.valid_from, candidate.valid_precision)


def _slot_of(change: Change, candidate: Candidate, claim: Claim) -> tuple[str, str, chain.Place]:
    """The slot and value to store, and the place in the slot's chain.

    "No longer works at Philips" is stored with no value: it replaces what it ends, and is replaced by what comes next.
    Where something else is current it ends nothing, and says nothing of the slot.
    """
    slot = stored_slot(candidate.subject, candidate.slot, candidate.value)
    if not slot:
        return "", "", chain.Place()
    others = in_slot(change.session, candidate.subject, slot)
    if not candidate.ends:
        return slot, candidate.value, chain.find_place(change, claim, candidate.value, others)
    heads = [row for row in others if row.superseded_by is None and row.value]
    ended = [row for row in heads if not candidate.value or same_value(slot, row.value, candidate.value)]
    if heads and not ended:
        return "", "", chain.Place()
    return slot, "", chain.find_place(change, claim, "", others)


def _same(session: Session, candidate: Candidate, claim: Claim, near: Sequence[ItemRow]) -> ItemRow | None:
    for row in near:
        reopens = not _counts(row) and order(claim, claim_of(session, row)) is Order.LATER
        if not reopens and _says_the_same(row, candidate.text, candidate.kind, claim):
            return row
    return None


def _counts(row: ItemRow) -> bool:
    """Whether a memory holds, or waits for a word that would let it hold."""
    return holds(row) or row.state is State.GENERATED


def _says_the_same(row: ItemRow, text: str, kind: Kind, claim: Claim) -> bool:
    """The same words, or fewer of them, about the same time."""
    if claim.valid_from is not None and row.valid_from is not None and claim.valid_from != row.valid_from:
        return False
    if normalise(row.text) == normalise(text):
        return True
    return row.kind is kind and (claim.valid_from is None or row.valid_from is not None) and entails(row.text, text)


def _against_opposites(change: Change, row: ItemRow, claim: Claim, near: Sequence[ItemRow]) -> None:
    for other in near:
        if not holds(other) or not opposite(row.text, other.text):
            continue
        how = order(claim, claim_of(change.session, other))
        same_day = claim.begins.date() == claim_of(change.session, other).begins.date()
        replaces = row.kind in _STATES_OF_THINGS and other.kind in _STATES_OF_THINGS and not same_day
        if replaces and how is Order.LATER and not other.frozen:
            chain.supersede(change, other, row)
        elif replaces and how is Order.EARLIER:
            chain.supersede(change, row, other, reason="told later than what replaced it")
            return
        else:
            change.ask(ReviewReason.CONTRADICTION, other, row)


def _over_the_less_detailed(change: Change, row: ItemRow, near: Sequence[ItemRow]) -> None:
    """Let older memories that say less than the new one become part of it."""
    for other in near:
        if (
            holds(other)
            and row.recorded_to is None
            and other.kind is row.kind
            and not other.slot
            and not (other.confirmed or other.frozen or other.pinned)
            and (other.valid_from is None or other.valid_from == row.valid_from)
            and entails(row.text, other.text)
        ):
            merge(change, other, into=row)


def _taken_before(session: Session, candidate: Candidate, provenance: Provenance) -> bool:
    """Whether this candidate was taken from this very span before (also where its memory was edited or removed since),
    or says what the person removed after it was said."""
    digest = text_digest(session, candidate.text)
    place = select(SourceRow.item_id).where(
        col(SourceRow.message_id) == provenance.message_id
        if provenance.message_id
        else (col(SourceRow.document_id) == provenance.document_id) & (col(SourceRow.page) == provenance.page),
        col(SourceRow.start) == candidate.start,
        col(SourceRow.end) == candidate.end,
        col(SourceRow.removed_by).is_(None),
    )
    for item_id in session.exec(place).all():
        steps = versions.of_item(session, item_id)
        taken = any(step.snapshot.get("digest") == digest for step in steps)
        if taken and steps[-1].reason not in TAKEN_BACK:
            return True
    return any(
        row.state is State.ARCHIVED
        and row.updated >= provenance.time
        and row.subject == candidate.subject
        and versions.of_item(session, row.id)[-1].reason not in TAKEN_BACK
        for row in items.with_digest(session, digest)
        if row.kind not in _VERBATIM
    )


def _join(change: Change, row: ItemRow, candidate: Candidate, provenance: Provenance, *, inferred: bool) -> None:
    """Add a source to a memory that says the same, and what the new words know more exactly."""
    if not give_source(change, row, candidate, provenance):
        return
    learned: dict[str, Any] = {}
    if not row.frozen:
        if row.valid_from is None and candidate.valid_from is not None:
            learned |= {"valid_from": candidate.valid_from, "valid_precision": candidate.valid_precision}
        if row.origin is Origin.INFERENCE and not inferred:
            learned |= {"origin": _origin(change, candidate, provenance), "parent_id": None}
        if provenance.time < row.recorded_from:
            learned |= {"recorded_from": provenance.time, "created": min(row.created, provenance.time)}
    change.step(row, ChangeKind.UPDATED, "said again", **learned)


def _store(
    change: Change,
    candidate: Candidate,
    provenance: Provenance,
    slot: str,
    value: str,
    parent: ItemRow | None,
    ask: bool,
) -> ItemRow:
    row = change.add(
        ItemRow(
            id=new_id(),
            kind=candidate.kind,
            origin=Origin.INFERENCE if parent else _origin(change, candidate, provenance),
            state=State.GENERATED if ask else State.ACTIVATED,
            text=candidate.text,
            subject=candidate.subject,
            slot=slot,
            value=value,
            language=candidate.language,
            valid_from=candidate.valid_from,
            valid_to=candidate.valid_to,
            valid_precision=candidate.valid_precision,
            recorded_from=provenance.time,
            created=provenance.time,
            parent_id=parent.id if parent else None,
            tags=list(candidate.tags),
            sensitivity=list(candidate.sensitivity),
            confidence=candidate.confidence,
        ),
        "inferred" if parent else "waits for a word" if ask else "remembered",
    )
    give_source(change, row, candidate, provenance)
    return row


def _origin(change: Change, candidate: Candidate, provenance: Provenance) -> Origin:
    if provenance.document_id:
        return Origin.DOCUMENT
    return candidate.origin if change.actor == CHAT else Origin.IMPORT
