"""What the person does by hand: write, edit, confirm, pin."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from datetime import time as clock
from typing import Any

from memos_engine.cube import items
from memos_engine.cube.holding import holds
from memos_engine.cube.ids import new_id, normalise
from memos_engine.cube.tables import ItemRow
from memos_engine.errors import InputError
from memos_engine.lifecycle.absorb import settle
from memos_engine.lifecycle.change import Change
from memos_engine.lifecycle.review import decide_waiting
from memos_engine.lifecycle.slots import stored_slot
from memos_engine.lifecycle.trash import remove
from memos_engine.reader.plain_text import is_visible, storable
from memos_engine.types import Agreement, Candidate, ChangeKind, Clear, Kind, NewTime, Origin, Precision, State, now

_LONGEST = 20_000


def write(
    change: Change,
    text: str,
    *,
    kind: Kind,
    valid_from: datetime | None,
    tags: Sequence[str],
    candidate: Candidate | None = None,
) -> ItemRow:
    """Add a memory as the person wrote it; another that says the same becomes part of it, an older value is closed."""
    if kind in (Kind.MESSAGE, Kind.CHUNK):
        raise InputError("A turn of a chat or a passage of a document is not written by hand.", "Choose another kind.")
    row = change.add(
        ItemRow(
            id=new_id(),
            kind=kind,
            origin=Origin.HAND,
            text=checked(text),
            subject=candidate.subject if candidate else "me",
            slot=stored_slot(candidate.subject, candidate.slot, candidate.value) if candidate else "",
            value=candidate.value if candidate and not candidate.ends else "",
            language=candidate.language if candidate else "en",
            tags=list(dict.fromkeys((*tags, *(candidate.tags if candidate else ())))),
            valid_from=valid_from,
            valid_precision=_precision(valid_from),
            recorded_from=now(),
            confirmed=True,
        ),
        "written by hand",
    )
    settle(change, row)
    for follows in candidate.inferred if candidate else ():
        child = change.add(
            ItemRow(
                id=new_id(),
                kind=follows.kind,
                origin=Origin.INFERENCE,
                text=follows.text,
                subject=follows.subject,
                slot=stored_slot(follows.subject, follows.slot, follows.value),
                value=follows.value,
                language=follows.language,
                valid_from=follows.valid_from or valid_from,
                valid_precision=follows.valid_precision or row.valid_precision,
                recorded_from=row.recorded_from,
                parent_id=row.id,
            ),
            "inferred",
        )
        settle(change, child)
    return row


def edit(
    change: Change,
    row: ItemRow,
    text: str | None,
    *,
    kind: Kind | None,
    valid_from: NewTime,
    valid_to: NewTime,
    tags: Sequence[str] | None,
    candidate: Candidate | None = None,
) -> None:
    """Change what is given; confirmed from then on. What was inferred from words that are gone falls.

    A changing attribute stays one: `candidate`, what a reader made of the new text, tells its new value, or else the
    words that stand in the old one's place.
    """
    if row.frozen:
        raise InputError("This memory is frozen: it may be read, not changed.", "Unfreeze it first.")
    if row.kind in (Kind.MESSAGE, Kind.CHUNK):
        raise InputError("The words of a message or document are edited there.", "Open its source.")
    if row.state not in (State.ACTIVATED, State.GENERATED, State.EXPIRED):
        raise InputError("Only a memory in use can be edited.", "Restore it from the trash first.")
    if kind in (Kind.MESSAGE, Kind.CHUNK):
        raise InputError("A memory cannot become a message or a passage of a document.", "Choose another kind.")
    begins, ends, precise = _edited(valid_from, row.valid_from), _edited(valid_to, row.valid_to), None
    if text is not None and text.strip() != row.text and valid_from is None and valid_to is None:
        begins, ends, precise = _timed_anew(row, text, candidate)
    if begins and ends and ends < begins:
        raise InputError("It would end before it begins.", "Check the two dates.")
    waits = row.state is State.GENERATED
    fields: dict[str, Any] = {"confirmed": True}
    if row.state is State.EXPIRED:
        fields |= {"state": State.ACTIVATED, "lifespan": None, "decay_days": None}
    if text is not None and text.strip() != row.text:
        fields["text"] = checked(text)
        fields |= _said_anew(row, fields["text"], candidate)
    if kind is not None:
        fields["kind"] = kind
    if (begins, ends) != (row.valid_from, row.valid_to):
        known = precise or (row.valid_precision if begins == row.valid_from else None)
        fields |= {"valid_from": begins, "valid_to": ends, "valid_precision": known or _precision(begins or ends)}
    if ends != row.valid_to and row.superseded_by is None:
        fields["recorded_to"] = _closed(row, kind or row.kind, ends)
    if tags is not None:
        fields["tags"] = list(tags)
    held, said = holds(row), (row.slot, row.value)
    change.step(row, ChangeKind.UPDATED, "edited", **fields)
    children = items.children(change.session, [row.id])
    stale = [child for child in children if child.value and normalise(child.value) not in normalise(row.text)]
    remove(change, [child for child in stale if not child.confirmed], "what it was inferred from was edited")
    if waits:
        activate(change, [row])
    elif row.slot and holds(row) and not (held and said == (row.slot, row.value)):
        settle(change, row)


def _timed_anew(
    row: ItemRow, text: str, candidate: Candidate | None
) -> tuple[datetime | None, datetime | None, Precision | None]:
    """The times of a memory whose words are edited, and their precision: those that the new words say; else the old
    ones, but for a date that stood in the old words and is gone from the new. Words without a year ("yesterday") may
    have been said long before the edit: they tell a time only where the old one is gone."""

    def anew(old: datetime | None, new: datetime | None) -> datetime | None:
        gone = old is not None and str(old.year) in row.text and str(old.year) not in text
        said = new is not None and (gone or str(new.year) in text)
        return new if said else None if gone else old

    told_from, told_to = (candidate.valid_from, candidate.valid_to) if candidate else (None, None)
    begins, ends = anew(row.valid_from, told_from), anew(row.valid_to, told_to)
    if begins and ends and ends < begins:
        begins, ends = told_from, told_to
    first = begins or ends
    if first is None:
        return None, None, None
    told = candidate is not None and first in (told_from, told_to)
    return begins, ends, candidate.valid_precision if candidate and told else row.valid_precision


def _said_anew(row: ItemRow, text: str, candidate: Candidate | None) -> dict[str, str]:
    """The slot and value of a memory whose words are edited, where they change."""
    if candidate is not None and candidate.slot and candidate.subject == row.subject:
        value = "" if candidate.ends else candidate.value
        return {"slot": stored_slot(row.subject, candidate.slot, candidate.value), "value": value}
    if not row.value or normalise(row.value) in normalise(text):
        return {}
    before, _, after = row.text.partition(row.value)
    value = text[len(before) : len(text) - len(after)].strip(" .,")
    if (before + after).strip() and text.startswith(before) and text.endswith(after) and value:
        return {"slot": stored_slot(row.subject, row.slot.partition(": ")[0], value), "value": value}
    return {"slot": "", "value": ""}


def _closed(row: ItemRow, kind: Kind, ends: datetime | None) -> datetime | None:
    """Until when a memory was believed that the person gives another end: until now where it is over by that, unless it
    was told as over."""
    over = ends is not None and ends <= now() and kind is not Kind.EVENT
    told_as_over = row.recorded_to is None and row.valid_to is not None and row.valid_to <= row.recorded_from
    return (row.recorded_to or now()) if over and not told_as_over else None


def confirm(change: Change, rows: Iterable[ItemRow]) -> None:
    """Mark memories as the person's own word; those that wait are activated."""
    rows = list(rows)
    for row in rows:
        if row.state not in (State.ACTIVATED, State.GENERATED):
            raise InputError("Only a memory in use can be confirmed.", "Restore it first.")
    for row in rows:
        if not row.confirmed or row.state is State.GENERATED:
            change.step(row, ChangeKind.UPDATED, "confirmed", confirmed=True)
    activate(change, [row for row in rows if row.state is State.GENERATED])


def activate(change: Change, rows: Iterable[ItemRow]) -> None:
    """Let waiting memories, and what was inferred from them, take effect."""
    rows = list(rows)
    waiting = [*rows, *(child for child in items.children(change.session, [row.id for row in rows]))]
    for row in waiting:
        if row.state is State.GENERATED:
            change.step(row, ChangeKind.UPDATED, "accepted", state=State.ACTIVATED)
            decide_waiting(change, row, Agreement.ACCEPT)
    for row in waiting:
        if holds(row):
            settle(change, row)


def pin(change: Change, rows: Iterable[ItemRow], pinned: bool) -> None:
    """Pin or unpin."""
    for row in rows:
        if row.pinned != pinned:
            change.step(row, ChangeKind.UPDATED, "pinned" if pinned else "unpinned", pinned=pinned)


def checked(text: str) -> str:
    """The text of a memory, storable and trimmed. Raises `InputError` for one that is overlong or shows nothing."""
    text = storable(text).strip()
    if not is_visible(text):
        raise InputError("A memory needs words.", "Write what to remember.")
    if len(text) > _LONGEST:
        raise InputError(f"A memory holds at most {_LONGEST:,} characters.", "Import a long text as a document.")
    return text


def _edited(new: NewTime, old: datetime | None) -> datetime | None:
    if new is None:
        return old
    return None if isinstance(new, Clear) else new


def _precision(time: datetime | None) -> Precision | None:
    """Midnight on this machine's clock stands for a day."""
    if time is None:
        return None
    # At the two ends of the calendar another time zone may have no such date.
    local = time.astimezone() if 1 < time.year < 9999 else time
    return Precision.DAY if local.timetz().replace(tzinfo=None) == clock() else Precision.MINUTE
