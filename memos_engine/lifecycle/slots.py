"""Attributes that a person can have several of at once: a new value says nothing against the old one.

Who is allergic to cats is still allergic to peanuts. Each value of such an attribute is stored as a slot of its own
("allergy: peanuts"), so that it can be said again, ended and taken up again like any other.
"""

from memos_engine.cube.ids import normalise

_MANY = frozenset(("allergy", "intolerance", "nationality", "hobby", "goal", "dream", "ambition", "passion"))
_ME = "me"


def stored_slot(subject: str, slot: str, value: str) -> str:
    """The slot to store for an attribute; empty where nothing can be told of it.

    "My sister is called Eva" does not rename another sister: only the person's own name is one.
    """
    if slot in _MANY or (slot == "name" and subject != _ME):
        return f"{slot}: {normalise(value)}" if value.strip() else ""
    return slot
