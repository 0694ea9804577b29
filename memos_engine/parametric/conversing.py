"""Turns that hang on what was just said: telling something, asking on, being asked for one's own name."""

from dataclasses import replace

from memos_engine.inference.prompt import Turn
from memos_engine.parametric import chatter
from memos_engine.parametric.asking import Asker
from memos_engine.parametric.composing import Page
from memos_engine.parametric.facts import Fact, Told, may_be_about
from memos_engine.parametric.marks import unmarked
from memos_engine.parametric.people import Naming
from memos_engine.parametric.phrasing import View, render, slots_of
from memos_engine.parametric.replies import finished, framed
from memos_engine.parametric.shapes import Category, Question

HISTORY = "history"
"""In the place of a note's id: the answer rests on an earlier turn of the chat."""
SYSTEM = "system"
"""The answer rests on the system text."""
_NAME_ASKS = ("what's my name?", "what am i called?", "do you know my name?", "who am i?", "what do you call me?")
_NAME_ANSWERS = ("your name is {n}", "you're called {n}", "you are {n}", "you're {n}")
_DAY_ASKS = ("what's the date today?", "what day is it?", "which date do we have today?", "tell me today's date.")
_DAY_ANSWERS = ("Today is {d}.", "It's {d}.", "{d}.", "Today's date is {d}.")
_NO_NAME = (
    "I don't know your name yet",
    "I don't know your name yet. What should I call you?",
    "I don't know your name. How would you like to be called?",
)


def telling(page: Page) -> list[Question]:
    """Messages that tell something and ask nothing: the reply takes note of it."""
    chance = page.chance
    if chance.random() < 0.6:
        page.fill(chance.randint(1, 5))
    made: list[Question] = []
    while len(made) < 6:
        about, subject = chance.choice(page.kinds), page.someone()
        if not may_be_about(about, subject) or page.has(about.group, subject):
            continue
        asked, reply, _ = _told(page, page.invent(about, subject))
        made.append(Question(asked, reply, Category.TELLING))
        if chance.random() < 0.15:
            aside, reaction = map(str.strip, chance.choice(chatter.table("before")).split("=>"))
            if reaction:
                made.append(Question(chatter.written(aside, chance, page.mix), reaction, Category.TELLING))
    return made


def _told(page: Page, fact: Fact) -> tuple[str, str, Told | None]:
    """A message that tells `fact`, and a reply to it."""
    asker = Asker(page.chance, page.mix)
    naming = Naming.RELATION if fact.kind.name == "kin_name" else Naming.FULL
    template = page.chance.choice(fact.kind.tells)
    clause = render(template, fact.subject, fact.values, View.SAID, page.chance, naming)
    text, reaction = chatter.message(clause, page.chance, page.mix)
    told = Told(fact, HISTORY, "", slots_of(template), naming)
    if not told.aspects():
        return text, finished(framed("noted", page.chance, c="")), None
    reply = framed("noted", page.chance, c=asker.clause(told))
    return text, finished(f"{reaction} {reply}" if reaction else reply), told


def following(page: Page) -> tuple[tuple[Turn, ...], list[Question]]:
    """Earlier turns, and questions that need them: a fact told in this very chat, or "And my brother?"."""
    if page.chance.random() < 0.5:
        return _just_told(page)
    return _asked_on(page)


def _just_told(page: Page) -> tuple[tuple[Turn, ...], list[Question]]:
    for _ in range(20):
        about, subject = page.chance.choice(page.kinds), page.someone()
        if not may_be_about(about, subject) or page.has(about.group, subject):
            continue
        text, reply, told = _told(page, page.invent(about, subject))
        if told is None:
            continue
        asker = Asker(page.chance, page.mix)
        questions = [asker.direct(told, category=Category.FOLLOW_UP) for _ in range(2)]
        return (Turn("user", text), Turn("assistant", reply)), questions
    return (), []


def _asked_on(page: Page) -> tuple[tuple[Turn, ...], list[Question]]:
    asker = Asker(page.chance, page.mix)
    usable = [told for told in page.told if told.aspects() and not slots_of(told.aspects()[0].gap)]
    if not usable:
        return (), []
    first = page.chance.choice(usable)
    aspect = first.aspects()[0]
    before = asker.direct(first, aspect)
    history = (Turn("user", before.text), Turn("assistant", before.answer))
    made = []
    for other in dict.fromkeys(page.someone() for _ in range(4)):
        if other == first.subject or not may_be_about(first.kind, other):
            continue
        asked = page.chance.choice(("and {o}?", "what about {o}?", "and what about {o}?", "and {own}?"))
        own = "mine" if other.is_me else other.owner("said")
        asked = asked.replace("{own}", own).replace("{o}", other.object("said"))
        same = [told for told in page.told if told.kind is first.kind and told.subject == other]
        if same and aspect in same[0].aspects() and len(same) == 1:
            answer = framed("answer", page.chance, c=asker.clause(same[0], aspect), when=same[0].when)
            made.append(_asked_on_as(asked, asker.question(asked, answer, Category.FOLLOW_UP, (same[0].note,)), page))
        elif not page.has(first.kind.group, other):
            gap = render(aspect.gap, other, {}, View.REPLY, page.chance)
            unknown = asker.question(asked, asker.unknown(gap), Category.FOLLOW_UP, (), abstains=True)
            made.append(_asked_on_as(asked, unknown, page))
    return (history, made) if made else ((), [])


def _asked_on_as(asked: str, question: Question, page: Page) -> Question:
    """Without the lead-ins of a first question."""
    return replace(question, text=chatter.written(asked, page.chance, page.mix))


def this_day(page: Page, today: str) -> Question:
    """What day it is, which the system text says."""
    asked = chatter.written(page.chance.choice(_DAY_ASKS), page.chance, page.mix)
    answer = page.chance.choice(_DAY_ANSWERS).replace("{d}", today)
    return Question(asked, answer, Category.DIRECT, (SYSTEM,), values=(today,))


def own_name(page: Page, name: str) -> Question:
    """The person's own name, which the system text says, or nothing ("")."""
    asked = chatter.asked(page.chance.choice(_NAME_ASKS), page.chance, page.mix)
    if not name:
        return Question(asked, finished(page.chance.choice(_NO_NAME)), Category.UNTOLD, abstains=True)
    answer = page.chance.choice(_NAME_ANSWERS).replace("{n}", name)
    return Question(asked, finished(unmarked(answer)), Category.DIRECT, (SYSTEM,), values=(name,))
