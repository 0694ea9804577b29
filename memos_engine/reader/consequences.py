"""What follows from what was said: a short table. Each entry makes one inferred memory that falls with its parent."""

from dataclasses import dataclass, replace

from memos_engine.reader.phrasing import finish
from memos_engine.types import Candidate, Kind, Origin


@dataclass(frozen=True)
class Consequence:
    """An attribute that is so from the time of the event on: its slot, and its text from the event's value."""

    slot: str
    note: str
    """About the person: "Lives in {value}"."""
    other: str
    """About someone else, behind their name: "lives in {value}"."""
    others_plural: str = ""
    needs_value: bool = True


TABLE: dict[str, Consequence] = {
    "moved to": Consequence("residence", "Lives in {value}", "lives in {value}", "live in {value}"),
    "started at": Consequence("employer", "Works at {value}", "works at {value}", "work at {value}"),
    "started as": Consequence("occupation", "Works as {value}", "works as {value}", "work as {value}"),
    "got married": Consequence("marital status", "Married", "is married", "are married", needs_value=False),
    "got divorced": Consequence("marital status", "Divorced", "is divorced", "are divorced", needs_value=False),
    "got engaged": Consequence("marital status", "Engaged", "is engaged", "are engaged", needs_value=False),
    "bought": Consequence("", "Has {value}", "has {value}", "have {value}"),
}


_GONE = ("late ", "my late ")
"""How texts about the dead begin: nothing is so of them any more."""


def follows(
    key: str, parent: Candidate, phrase: str, *, plural: bool = False, object_phrase: str = ""
) -> tuple[Candidate, ...]:
    """The inferred candidates of `parent`, whose event has the table key `key`.

    `phrase` is how texts about its subject begin (empty: the person); `object_phrase` the thing that the event was
    about, with its article, for "bought".
    """
    entry = TABLE.get(key)
    value = object_phrase or parent.value
    if entry is None or parent.text.casefold().startswith(_GONE) or (entry.needs_value and not value):
        return ()
    form = entry.note if not phrase else (entry.others_plural if plural else entry.other)
    text = finish(f"{phrase} {form.format(value=value)}" if phrase else form.format(value=value))
    slot_value = {"got married": "married", "got divorced": "divorced", "got engaged": "engaged"}.get(key, parent.value)
    return (
        replace(
            parent,
            text=text,
            kind=Kind.FACT,
            origin=Origin.INFERENCE,
            slot=entry.slot,
            value=slot_value if entry.slot else "",
            valid_to=None,
            confidence=round(parent.confidence * 0.9, 3),
            ends=False,
            inferred=(),
        ),
    )
