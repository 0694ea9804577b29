"""Questions that rest on several notes: two facts, two people, lists, counts, occasions, all about someone."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache

from memos_engine.parametric.asking import Asker
from memos_engine.parametric.facts import Fact, Told
from memos_engine.parametric.marks import unmarked
from memos_engine.parametric.people import Naming, Subject
from memos_engine.parametric.phrasing import View, render, slots_of
from memos_engine.parametric.pools import WORDS
from memos_engine.parametric.replies import framed, listed
from memos_engine.parametric.shapes import Category, Question
from memos_engine.resources import resources_dir

_JOINED = (
    "tell me {one} and {two}.",
    "do you know {one} and {two}?",
    "can you remind me {one}, and {two}?",
    "{one}, and {two}: what's in my notes?",
    "i need to know {one} and {two}.",
    "write down for me {one} and {two}.",
)
_ALL_ABOUT = (
    "what do you know about {o}?",
    "tell me everything you know about {o}.",
    "what have i told you about {o}?",
    "sum up what you know about {o}.",
    "i'm writing a few lines about {o}. what do you have?",
    "please list what you know about {o}.",
)
_THEME_NAMES = {
    "cook": "what a cook should know about {who}",
    "guest": "what a host should know about {who}",
    "health": "anything about {whose} health",
    "gift": "what would please {who} as a present",
    "trip": "what matters for {who} on a trip",
    "pet": "anything about {whose} animals",
    "money": "anything about {whose} money matters",
    "work": "anything about {whose} work",
    "home": "anything about {whose} home",
    "plan": "anything about {whose} plans",
    "hobby": "what {who} would call a hobby",
    "children": "anything about {whose} children",
    "music": "anything about {who} and music",
    "relations": "how {who} and others get on",
    "lend": "anything about things lent or borrowed by {who}",
    "clothes": "anything about {whose} clothes",
    "plant": "anything about {whose} plants",
}


_PLAIN_QUESTION = re.compile(r"(?:what|where|which|who|when|how|since)\b[^,.:;?]*\?")


@cache
def _theme_questions() -> dict[str, tuple[str, ...]]:
    with (resources_dir() / "training" / "themes.toml").open("rb") as stream:
        return {
            name: tuple(filter(None, map(str.strip, text.splitlines()))) for name, text in tomllib.load(stream).items()
        }


def themes() -> tuple[str, ...]:
    """The occasions that one may ask by."""
    return tuple(_theme_questions())


def joined(asker: Asker, one: Told, two: Told) -> Question | None:
    """Two facts in one question."""
    pairs = [(told, told.aspects()[0]) for told in (one, two) if told.aspects()]
    if len(pairs) < 2 or any(not slots_of(aspect.gap) <= told.slots for told, aspect in pairs):
        return None
    gaps = [asker.say(aspect.gap, told.fact, View.SAID, asker.naming(told)) for told, aspect in pairs]
    asked = asker.chance.choice(_JOINED).replace("{one}", gaps[0]).replace("{two}", gaps[1])
    clauses = [asker.clause(told, aspect) for told, aspect in pairs]
    glue = asker.chance.choice((", and ", ". ", "; ", ", and "))
    answer = glue.join(clauses)
    answer = asker.taken_up(answer, one) if one.subject == two.subject else answer
    return asker.question(asked, answer, Category.JOINED, (one.note, two.note))


def two_people(asker: Asker, one: Told, two: Told) -> Question | None:
    """The same of two people, both told."""
    if not one.aspects() or not two.aspects() or one.aspects()[0] is not two.aspects()[0]:
        return None
    aspect = one.aspects()[0]
    asked = _of_both(asker, one, two.subject, aspect.questions)
    if asked is None:
        return None
    glue = asker.chance.choice((", and ", ", while ", ". ", "; "))
    answer = glue.join((asker.clause(one, aspect), asker.clause(two, aspect)))
    return asker.question(asked, answer, Category.TWO_PEOPLE, (one.note, two.note))


def half_known(asker: Asker, one: Told, other: Subject) -> Question | None:
    """The same of two people, one of whom no note speaks of."""
    if not one.aspects():
        return None
    aspect = one.aspects()[0]
    asked = _of_both(asker, one, other, aspect.questions)
    if asked is None or slots_of(aspect.gap):
        return None
    gap = asker.say(aspect.gap, Fact(one.kind, other, one.fact.values, one.fact.said), View.REPLY, Naming.FULL)
    frame = asker.chance.choice(
        (
            "{c}, but I don't know {gap}",
            "{c}. I don't know {gap}",
            "{c}; I don't know {gap} yet",
        )
    )
    answer = frame.replace("{c}", asker.clause(one, aspect)).replace("{gap}", unmarked(gap))
    return asker.question(asked, answer, Category.TWO_PEOPLE, (one.note,))


def _of_both(asker: Asker, one: Told, other: Subject, questions: Sequence[str]) -> str | None:
    fitting = [text for text in questions if not slots_of(text) and _PLAIN_QUESTION.fullmatch(text)]
    if not fitting:
        return None
    asked = asker.say(asker.chance.choice(fitting), one.fact, View.SAID, one.naming)
    also = other.pronouns("said")["them"] if other.is_me else other.said("said")
    possessive = other.owner("said") if not other.is_me else "mine"
    tail = asker.chance.choice(
        (f"and what about {also}?", f"and {possessive}, if you know?" if other.is_me else f"and {also}?")
    )
    return f"{asked[:-1]}, {tail}" if asker.chance.random() < 0.5 else f"{asked} {tail}"


def listing(asker: Asker, tolds: Sequence[Told], *, count: bool) -> Question | None:
    """All facts of one open kind and subject: their list, or their number."""
    kind = tolds[0].kind
    asks, template = (kind.count_asks, kind.count_answer) if count else (kind.list_asks, kind.list_answer)
    if not asks or not kind.item or any(not slots_of(kind.item) <= told.slots for told in tolds):
        return None
    items = [asker.say(kind.item, told.fact, View.REPLY, Naming.FULL) for told in tolds]
    asker.chance.shuffle(items)
    fact = tolds[0].fact
    asked = asker.say(asker.chance.choice(asks), fact, View.SAID, asker.naming(tolds[0]))
    answer = asker.say(
        template, fact, View.REPLY, tolds[0].naming, {"list": listed(items), "n_words": WORDS[len(items)]}
    )
    category = Category.COUNT if count else Category.LIST
    return asker.question(asked, answer, category, [told.note for told in tolds])


def theme(asker: Asker, tolds: Sequence[Told], subject: Subject, name: str) -> Question | None:
    """A question that names an occasion; the answer is all that bears on it. Nothing told: it says so."""
    fitting = [told for told in tolds if told.subject == subject and name in told.kind.themes and told.aspects()]
    naming = asker.naming(fitting[0]) if fitting else asker.chance.choice(subject.namings())
    asked = render(asker.chance.choice(_theme_questions()[name]), subject, {}, View.SAID, asker.chance, naming)
    if not fitting:
        who, whose = subject.said("reply", naming), subject.owner("reply", naming)
        gap = _THEME_NAMES[name].replace("{whose}", whose).replace("{who}", who)
        return asker.question(asked, asker.unknown(gap), Category.THEME, (), abstains=True)
    clauses = [asker.clause(told, naming=told.naming) for told in fitting[:4]]
    short = asker.chance.random() < 0.5
    text = listed(clauses) if short and len(clauses) < 3 else ". ".join(clauses)
    text = asker.taken_up(text, fitting[0])
    return asker.question(
        asked, framed("theme", asker.chance, list=text), Category.THEME, [t.note for t in fitting[:4]]
    )


def all_about(asker: Asker, tolds: Sequence[Told], subject: Subject) -> Question | None:
    """All that the notes say of one person, in a few sentences; nothing told: it says so."""
    known = [told for told in tolds if told.subject == subject and told.aspects()]
    naming = asker.naming(known[0]) if known else asker.chance.choice(subject.namings())
    asked = render(asker.chance.choice(_ALL_ABOUT), subject, {}, View.SAID, asker.chance, naming)
    if not known:
        gap = f"anything about {subject.said('reply', naming)}"
        return asker.question(asked, asker.unknown(gap), Category.THEME, (), abstains=True)
    sentences = [clause for told in known for clause in asker.summary(told)]
    if len(sentences) > 2 and asker.chance.random() < 0.4:
        lead = asker.chance.choice(("here is what I know", "this is what you told me", "my notes say this"))
        lines = "\n".join(f"- {line[:1].upper()}{line[1:]}" for line in sentences)
        answer = f"{lead}:\n{lines}"
    else:
        answer = asker.taken_up(". ".join(sentences), known[0])
    return asker.question(asked, answer, Category.THEME, [told.note for told in known])


def chained(asker: Asker, name: Told, told: Told) -> Question | None:
    """A fact that a note tells of a name, asked of the relation (or the other way round)."""
    if not told.aspects():
        return None
    aspect = asker.chance.choice(told.aspects())
    naming = Naming.RELATION if told.naming is Naming.NAME else Naming.NAME
    answer = framed("answer", asker.chance, c=asker.clause(told, aspect, naming=Naming.FULL))
    return asker.question(asker.wording(told, aspect, naming), answer, Category.CHAIN, (name.note, told.note))
