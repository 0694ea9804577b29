"""The invented people: whom a fact is about, and what each side of the chat calls them."""

import random
from dataclasses import dataclass
from enum import StrEnum

from memos_engine.parametric.marks import named
from memos_engine.parametric.pools import pool


class Naming(StrEnum):
    """How a person with a relation and a name is called in one sentence."""

    FULL = "full"
    """ "my sister Amara"."""
    RELATION = "relation"
    NAME = "name"
    PRONOUN = "pronoun"
    """Where the sentence, or the one before, has named them already."""


_ME = {
    "said": {"they": "I", "them": "me", "their": "my", "themself": "myself"},
    "reply": {"they": "you", "them": "you", "their": "your", "themself": "yourself"},
    "memory": {"they": "they", "them": "them", "their": "their", "themself": "themselves"},
}
_OTHERS = {
    "she": {"they": "she", "them": "her", "their": "her", "themself": "herself"},
    "he": {"they": "he", "them": "him", "their": "his", "themself": "himself"},
}
_OWN = {"said": "my ", "reply": "your ", "memory": ""}
KIN = {
    **dict.fromkeys(
        ("mother", "sister", "daughter", "wife", "girlfriend", "aunt", "grandmother", "niece", "mother-in-law"), "she"
    ),
    **dict.fromkeys(
        ("father", "brother", "son", "husband", "boyfriend", "uncle", "grandfather", "nephew", "father-in-law"), "he"
    ),
    **dict.fromkeys(("cousin",), "either"),
}
"""Relatives, and the pronoun that takes each up."""
KNOWN = dict.fromkeys(("friend", "colleague", "neighbour", "flatmate", "boss", "best friend", "classmate"), "either")
"""Others whom one knows."""
_ALONE = frozenset(("wife", "husband", "girlfriend", "boyfriend", "boss", "mother", "father"))
"""Of whom one has one, and mostly says no name."""


@dataclass(frozen=True)
class Subject:
    """Whom a fact is about: the person (no relation, no name), or someone with a relation, a name or both."""

    relation: str = ""
    name: str = ""
    pronoun: str = "she"

    @property
    def is_me(self) -> bool:
        """Whether it is the person who chats."""
        return not self.relation and not self.name

    @property
    def is_kin(self) -> bool:
        """Whether it is a relative."""
        return self.relation in KIN

    @property
    def key(self) -> str:
        """One name for tests and logs: "me", "sister Amara"."""
        return f"{self.relation} {self.name}".strip() or "me"

    def namings(self) -> tuple[Naming, ...]:
        """How it may be called."""
        if self.relation and self.name:
            return (Naming.FULL, Naming.RELATION, Naming.NAME)
        return (Naming.FULL,)

    def said(self, view: str, naming: Naming = Naming.FULL) -> str:
        """The subject of a sentence: "I", "your sister", "Sister Amara" (without its capital), empty in the person's
        own memories."""
        if self.is_me:
            return {"said": "I", "reply": "you", "memory": ""}[view]
        if naming is Naming.PRONOUN:
            return self.pronouns(view)["they"]
        if not self.relation or (naming is Naming.NAME and self.name):
            return named(self.name)
        name = f" {named(self.name)}" if self.name and naming is Naming.FULL else ""
        return f"{_OWN[view]}{self.relation}{name}"

    def owner(self, view: str, naming: Naming = Naming.FULL) -> str:
        """The possessive: "my", "your sister's"."""
        if self.is_me:
            return _OWN[view].strip()
        if naming is Naming.PRONOUN:
            return self.pronouns(view)["their"]
        return f"{self.said(view, naming)}'s"

    def object(self, view: str, naming: Naming = Naming.FULL) -> str:
        """The object of a sentence: "me", "your sister"."""
        if self.is_me or naming is Naming.PRONOUN:
            return self.pronouns(view)["them"]
        return self.said(view, naming)

    def pronouns(self, view: str) -> dict[str, str]:
        """What takes it up: they, them, their, themself."""
        return _ME[view] if self.is_me else _OTHERS[self.pronoun]


ME = Subject()


def cast(chance: random.Random, most: int) -> tuple[Subject, ...]:
    """Up to `most` people of one life beside the person, no relation and no name twice."""
    people: list[Subject] = []
    relations: set[str] = set()
    names: set[str] = set()
    for _ in range(most):
        someone = _someone(chance)
        partners = {"wife", "husband", "girlfriend", "boyfriend"}
        taken = someone.relation in relations or (someone.relation in partners and relations & partners)
        if taken or (someone.name and someone.name in names):
            continue
        relations.add(someone.relation or someone.name)
        names.add(someone.name)
        people.append(someone)
    return tuple(people)


def _someone(chance: random.Random) -> Subject:
    group = KIN if chance.random() < 0.65 else KNOWN
    relation = chance.choice(sorted(group))
    pronoun = group[relation] if group[relation] != "either" else chance.choice(("she", "he"))
    name = chance.choice(pool("women" if pronoun == "she" else "men"))
    kind = chance.random()
    if group is KNOWN and kind < 0.35:
        return Subject("", name, pronoun)
    if relation in _ALONE and kind < 0.7:
        return Subject(relation, "", pronoun)
    if group is KIN and kind < 0.45:
        return Subject(relation, "", pronoun)
    return Subject(relation, name, pronoun)
