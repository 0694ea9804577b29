"""Facts of invented lives, and how they come to stand in a note."""

import random
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from memos_engine.inference.prompt_notes import LONGEST_NOTE, day, former, passage, quoted, tidy
from memos_engine.parametric import chatter
from memos_engine.parametric.kinds import Aspect, Kind
from memos_engine.parametric.people import Naming, Subject
from memos_engine.parametric.phrasing import View, plain, render, sentence, slots_of
from memos_engine.parametric.pools import draw
from memos_engine.parametric.shapes import DatedNote, Mix

FILES = ("notes.txt", "letter.pdf", "diary.md", "minutes.docx", "my life.odt", "old mail.txt", "family.docx", "list.md")
_DAY_AT_END = re.compile(r"(?: is)? (?:on|in) \{(\w+)\}$")
OWN_NAME = "kin_name"
"""The kind that says what a relative is called: its value is the subject's own name."""


@dataclass(frozen=True)
class Fact:
    """One thing that is so in an invented life, and when the person told it."""

    kind: Kind
    subject: Subject
    values: Mapping[str, str]
    said: date

    @property
    def key(self) -> str:
        """What it is about, for tests and logs: "job of sister Amara"."""
        return f"{self.kind.name} of {self.subject.key}"


@dataclass(frozen=True)
class Told:
    """A fact as one note tells it: which of its slots the note holds, and how it names the subject."""

    fact: Fact
    note: str
    when: str
    slots: frozenset[str]
    naming: Naming = Naming.FULL

    @property
    def kind(self) -> Kind:
        """Its kind."""
        return self.fact.kind

    @property
    def subject(self) -> Subject:
        """Whom it is about."""
        return self.fact.subject

    def aspects(self) -> tuple[Aspect, ...]:
        """What of it the note answers."""
        return tuple(
            aspect
            for aspect in self.kind.aspects
            if aspect.of in self.slots and any(slots_of(answer) <= self.slots for answer in aspect.answers)
        )

    def gaps(self) -> tuple[Aspect, ...]:
        """What of it the note leaves open and can be asked with what it says."""
        return tuple(
            aspect
            for aspect in self.kind.aspects
            if aspect.of not in self.slots
            and slots_of(aspect.gap) <= self.slots
            and any(slots_of(question) <= self.slots for question in aspect.questions)
        )


def may_be_about(kind: Kind, subject: Subject) -> bool:
    """Whether facts of `kind` are told of `subject`."""
    if kind.who == "me":
        return subject.is_me
    if kind.who == "relation":
        return bool(subject.relation and subject.name)
    if kind.who == "women":
        return subject.is_me or subject.pronoun == "she"
    return True


def invent(kind: Kind, subject: Subject, said: date, chance: random.Random, taken: Collection[str] = ()) -> Fact:
    """A fact of `kind` with values of its own; none twice in it, and none of `taken`."""
    values: dict[str, str] = {}
    for slot, source in kind.slots.items():
        if not source:
            values[slot] = subject.name
            continue
        for _ in range(20):
            value = draw(source, said, chance)
            if value not in taken and value not in values.values():
                break
        values[slot] = value
    return Fact(kind, subject, values, said)


def note_of(
    facts: Sequence[Fact],
    note_id: str,
    chance: random.Random,
    mix: Mix,
    *,
    update: bool = False,
    naming: Naming = Naming.FULL,
    dated: bool = True,
    until: date | None = None,
) -> tuple[DatedNote, tuple[Told, ...]]:
    """One note that tells `facts` (of one day; two only in a message), in the person's words or as a tidy memory; as
    one that held `until` a day, where that is given."""
    told_on = facts[0].said if dated else None
    in_own_words = until is None and (len(facts) > 1 or chance.random() < mix.quoted)
    alone = until is None and len(facts) == 1 and dated and facts[0].kind.name != OWN_NAME
    if alone and in_own_words and facts[0].subject.name and naming is not Naming.RELATION and chance.random() < 0.12:
        return _in_their_words(facts[0], note_id, chance, mix)
    if alone and chance.random() < 0.05:
        return _in_a_file(facts[0], note_id, chance, naming)
    clauses: list[str] = []
    told: list[Told] = []
    for fact in facts:
        used = Naming.RELATION if fact.kind.name == OWN_NAME else naming
        again = bool(told) and fact.subject == told[-1].fact.subject and not fact.subject.is_me
        templates = fact.kind.tells if in_own_words else fact.kind.notes
        template = chance.choice([each for each in templates if _answers(fact, slots_of(each))] or templates)
        view = View.SAID if in_own_words else View.MEMORY
        if not in_own_words and chance.random() < 0.6:
            template = _dated(template, fact.kind)
        clauses.append(render(template, fact.subject, fact.values, view, chance, Naming.PRONOUN if again else used))
        told.append(Told(fact, note_id, day(told_on) if told_on else "", slots_of(template), used))
    if in_own_words:
        joint = chance.choice((". and ", ", and ", ". also, ", ". oh, and "))
        note = quoted(_message(joint.join(clauses), chance, mix, update=update), told_on)
    elif until is not None:
        note = former(plain(clauses[0]), told_on, until)
    else:
        note = tidy(plain(clauses[0]), told_on)
    return DatedNote(note_id, note, tuple(fact.key for fact in facts)), tuple(told)


def _dated(template: str, kind: Kind) -> str:
    """A tidy memory with its day where the reader puts it: "Exam in Latin, 3 May 2025"."""
    found = _DAY_AT_END.search(template)
    if found is None or not kind.slots[found[1]].startswith(("@date", "@month", "@year")):
        return template
    return f"{template[: found.start()]}, {{{found[1]}}}"


def _message(clause: str, chance: random.Random, mix: Mix, *, update: bool = False) -> str:
    """A message around `clause` that a note holds uncut."""
    while True:
        text, _ = chatter.message(clause, chance, mix, update=update)
        if len(text) <= LONGEST_NOTE:
            return text


def _in_their_words(fact: Fact, note_id: str, chance: random.Random, mix: Mix) -> tuple[DatedNote, tuple[Told, ...]]:
    """A message of someone else, as the chat's history or an import keeps it: "Amara: I work as a nurse"."""
    template = chance.choice([each for each in fact.kind.tells if _answers(fact, slots_of(each))])
    clause = render(template, Subject(pronoun=fact.subject.pronoun), fact.values, View.SAID, chance)
    note = quoted(_message(clause, chance, mix), fact.said, fact.subject.name)
    return DatedNote(note_id, note, (fact.key,)), (
        Told(fact, note_id, day(fact.said), slots_of(template), Naming.NAME),
    )


def _in_a_file(fact: Fact, note_id: str, chance: random.Random, naming: Naming) -> tuple[DatedNote, tuple[Told, ...]]:
    """A passage of a document; it has no date."""
    template = chance.choice([each for each in fact.kind.tells if _answers(fact, slots_of(each))])
    clause = sentence(render(template, fact.subject, fact.values, View.SAID, chance, naming))
    note = passage(clause, chance.choice(FILES))
    return DatedNote(note_id, note, (fact.key,)), (Told(fact, note_id, "", slots_of(template), naming),)


def _answers(fact: Fact, slots: frozenset[str]) -> bool:
    return bool(Told(fact, "", "", slots).aspects())
