"""Messages to read, with what is worth remembering of each: lessons for a reader that asks a model.

Half of the messages hold nothing: questions, requests, asides, wishes, what others are said to do.
"""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from memos_engine.parametric import chatter, ordinary
from memos_engine.parametric.facts import Fact, invent, may_be_about
from memos_engine.parametric.kinds import kinds
from memos_engine.parametric.marks import unmarked, values_in
from memos_engine.parametric.people import ME, Naming, Subject, cast
from memos_engine.parametric.phrasing import View, opens_with_subject, plain, render, slots_of
from memos_engine.parametric.shapes import Mix
from memos_engine.reader.grounding import ungrounded
from memos_engine.reader.model_reader import question_of

_FIRST_DAY = date(2021, 1, 4)
_DAYS = 2_300
_SENTENCES = re.compile(r"(?<=[.!?…:]) ")
_OF_ONESELF = re.compile(r"\b(?:I|i|I'm|i'm|my|My|we|We)\b")
_EVENTS = frozenset(("dates", "plan"))
_SKILLS = frozenset(("talent", "language", "instrument", "speciality"))
_PREFERENCES = ("favourite", "loves", "likes", "hates", "cannot stand", "supports", "annoyed", "afraid")
_NOT_SO = (
    "if {c}, that would be nice",
    "i wonder whether {c}",
    "someone said that {c}, but that's not true",
    "in the film {c}",
    "imagine {c}",
    "write a story in which {c}",
    "translate this: {c}",
    "they asked me whether {c}",
)


@dataclass(frozen=True)
class Memory:
    """What the reader is to make of a span: the words of the message, whom it is about, the tidy text, its kind."""

    quote: str
    about: str
    note: str
    kind: str


@dataclass(frozen=True)
class Reading:
    """A message and its memories."""

    message: str
    memories: tuple[Memory, ...]

    @property
    def question(self) -> str:
        """What the model is asked."""
        return question_of(self.message)

    @property
    def answer(self) -> str:
        """What it is to answer, in the reader's JSON."""
        entries = [
            {"quote": each.quote, "about": each.about, "note": each.note, "kind": each.kind} for each in self.memories
        ]
        return json.dumps({"memories": entries}, ensure_ascii=False)


def readings(seed: int, many: int, mix: Mix | None = None) -> Iterator[Reading]:
    """`many` messages; each depends on the seed and its number alone."""
    for number in range(many):
        chance = random.Random(f"reading:{seed}:{number}")
        yield _telling(chance, mix or Mix()) if chance.random() < 0.5 else _silent(chance, mix or Mix())


def _telling(chance: random.Random, mix: Mix) -> Reading:
    """One or two facts among asides."""
    while True:
        people = cast(chance, 2)
        facts = [_fact(chance, chance.choice((ME, *people))) for _ in range(chance.choice((1, 1, 2)))]
        parts, made = [], []
        for fact in facts:
            template = chance.choice(fact.kind.tells)
            clause = unmarked(render(template, fact.subject, fact.values, View.SAID, chance))
            parts.append(_sentence(clause))
            made.append((fact, slots_of(template), parts[-1]))
        before = [line.partition("=>")[0].strip() for line in chance.sample(chatter.table("before"), 2)]
        asides = [aside for aside in before if aside.endswith((".", "!")) and chance.random() < 0.4]
        message = " ".join((*asides, *parts))
        memories = [_memory(fact, slots, said, message, chance) for fact, slots, said in made]
        if all(memories):
            return Reading(_styled(message, chance, mix), tuple(each for each in memories if each))


def _fact(chance: random.Random, subject: Subject) -> Fact:
    fitting = [each for each in kinds() if may_be_about(each, subject) and each.who != "relation"]
    return invent(chance.choice(fitting), subject, _FIRST_DAY + timedelta(days=chance.randrange(_DAYS)), chance)


def _memory(fact: Fact, slots: frozenset[str], said: str, message: str, chance: random.Random) -> Memory | None:
    """The fullest tidy text that uses only words of the message; None where there is none."""
    fitting = sorted(
        (template for template in fact.kind.notes if slots_of(template) <= slots),
        key=lambda template: -len(slots_of(template)),
    )
    for template in fitting:
        raw = render(template, fact.subject, fact.values, View.MEMORY, chance)
        note = plain(raw)
        if not ungrounded(note, message):
            quote = _span(said, (*values_in(raw), *_named(fact.subject)))
            return Memory(quote, _about(fact.subject), note, _kind(fact, note))
    return None


def _span(said: str, wanted: tuple[str, ...]) -> str:
    """The one sentence of `said` that holds all of `wanted`, else all of it."""
    for part in _SENTENCES.split(said):
        if all(value in part for value in wanted):
            return part.rstrip(".")
    return said.rstrip(".")


def _named(subject: Subject) -> tuple[str, ...]:
    return () if subject.is_me else (subject.name or subject.relation,)


def _about(subject: Subject) -> str:
    return "me" if subject.is_me else subject.name or unmarked(subject.said("said", Naming.RELATION))


def _kind(fact: Fact, note: str) -> str:
    if fact.kind.name in _SKILLS:
        return "skill"
    if any(word in note.lower() for word in _PREFERENCES):
        return "preference"
    return "event" if _EVENTS & set(fact.kind.themes) else "fact"


def _sentence(clause: str) -> str:
    text = " ".join(f" {clause} ".replace(" i ", " I ").replace(" i'm ", " I'm ").split())
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}"


def _styled(message: str, chance: random.Random, mix: Mix) -> str:
    # The quotes must stand in it letter by letter, so it stays as it is; some people write no full stop at the end.
    return message.rstrip(".") if chance.random() < mix.lower else message


def _silent(chance: random.Random, mix: Mix) -> Reading:
    """A message of which nothing is to be remembered."""
    sort = chance.random()
    if sort < 0.35:
        return Reading(chance.choice([said for said, _ in ordinary.dialogues() if not _OF_ONESELF.search(said)]), ())
    if sort < 0.55:
        aside = chance.choice(chatter.table("before")).partition("=>")[0].strip()
        return Reading(aside.rstrip(":,"), ())
    fact = _fact(chance, chance.choice((ME, *cast(chance, 2))))
    if sort < 0.75:
        plain_ones = [text for text in fact.kind.tells if opens_with_subject(text)] or fact.kind.aspects[0].answers
        clause = unmarked(render(chance.choice(plain_ones), fact.subject, fact.values, View.SAID, chance))
        return Reading(_sentence(chance.choice(_NOT_SO).replace("{c}", clause)), ())
    aspect = chance.choice(fact.kind.aspects)
    asked = render(chance.choice(aspect.questions), fact.subject, fact.values, View.SAID, chance)
    return Reading(chatter.asked(asked, chance, mix), ())
