"""Attributes that a person can have several of at once: a new value says nothing against the old one.

Who is allergic to cats is still allergic to peanuts. Each value of such an attribute is stored as a slot of its own
("allergy: peanuts"), so that it can be said again, ended and taken up again like any other.
"""

from sqlmodel import Session

from memos_engine.cube import items
from memos_engine.cube.ids import normalise
from memos_engine.cube.tables import ItemRow
from memos_engine.lifecycle.wording import stem

_MANY = frozenset(("allergy", "intolerance", "nationality", "hobby", "goal", "dream", "ambition", "passion"))
_ME = "me"
_SEPARATOR = ": "


def stored_slot(subject: str, slot: str, value: str) -> str:
    """The slot to store for an attribute; empty where nothing can be told of it.

    "My sister is called Eva" does not rename another sister: only the person's own name is one.
    """
    if slot in _MANY or (slot == "name" and subject != _ME):
        return f"{slot}{_SEPARATOR}{normalise(value)}" if value.strip() else ""
    return slot


def in_slot(session: Session, subject: str, slot: str) -> list[ItemRow]:
    """`items.in_slot`, where "allergy: peanuts" is also said by an allergy to "peanut"."""
    attribute, separator, value = slot.partition(_SEPARATOR)
    if not separator or attribute not in _MANY:
        return items.in_slot(session, subject, slot)
    others = items.in_slot(session, subject, attribute + separator, opening=True)
    return [row for row in others if same_value(slot, row.slot.removeprefix(attribute + separator), value)]


def same_value(slot: str, first: str, second: str) -> bool:
    """Whether two values of a slot are one; of what one can have several of, in the singular or the plural."""
    if slot.partition(_SEPARATOR)[0] in _MANY:
        return _stems(first) == _stems(second)
    return normalise(first) == normalise(second)


def _stems(value: str) -> list[str]:
    return [stem(word) for word in normalise(value).split()]
