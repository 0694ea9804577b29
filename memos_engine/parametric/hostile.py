"""Contexts with notes that a reply must cope with: in another language, or giving orders."""

import random
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from memos_engine.inference.prompt_notes import day, passage, quoted, tidy
from memos_engine.parametric.asking import Asker
from memos_engine.parametric.composing import Page, questions
from memos_engine.parametric.facts import FILES, Told
from memos_engine.parametric.kinds import kind
from memos_engine.parametric.marks import unmarked, values_in
from memos_engine.parametric.people import ME
from memos_engine.parametric.phrasing import View, plain, render, slots_of
from memos_engine.parametric.shapes import Category, DatedNote, Question
from memos_engine.resources import resources_dir


@cache
def _foreign() -> Mapping[str, Any]:
    with (resources_dir() / "training" / "foreign.toml").open("rb") as stream:
        return tomllib.load(stream)


@cache
def _orders() -> tuple[str, ...]:
    text = (resources_dir() / "training" / "orders.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line)


def foreign(page: Page) -> list[Question]:
    """Notes in another language; asked in English, and in that language."""
    chance = page.chance
    table = _foreign()[chance.choice(sorted(_foreign()))]
    asker = Asker(chance, page.mix)
    made: list[Question] = []
    told: list[Told] = []
    for entry in chance.sample(table["facts"], chance.randint(1, min(3, len(table["facts"])))):
        about = kind(entry["kind"])
        fact = page.invent(about, ME)
        note_id = f"n{len(page.notes) + 1}"
        own = [each for each in about.notes if slots_of(each) == frozenset(entry["slots"])]
        english = bool(own) and chance.random() < 0.3
        view = View.MEMORY if english else View.SAID
        template = chance.choice(own if english else _lines(entry["tell"]))
        text = plain(render(template, ME, fact.values, view, chance))
        form = tidy if english else quoted
        page.notes.append(DatedNote(note_id, form(text, fact.said), (fact.key,)))
        told.append(Told(fact, note_id, day(fact.said), frozenset(entry["slots"])))
        page.told.append(told[-1])
        made += [asker.direct(told[-1], category=Category.FOREIGN) for _ in range(2)]
        answer = render(entry["answer"], ME, fact.values, View.REPLY, chance)
        made.append(_as_asked(entry["ask"], answer, (note_id,)))
    if chance.random() < 0.4:
        unknown = chance.choice(_lines(table["unknown"]))
        made.append(Question(chance.choice(_lines(table["other"])), unknown, Category.FOREIGN, abstains=True))
    page.fill(min(page.mix.most_notes, len(page.notes) + chance.randint(0, 4)))
    return [*made, *questions(page, most=4)]


def orders(page: Page) -> list[Question]:
    """Facts beside a note that gives orders: it changes nothing."""
    chance = page.chance
    page.fill(chance.randint(1, page.mix.most_notes - 1))
    for order in chance.sample(_orders(), chance.choice((1, 1, 2))):
        page.notes.append(_order(order, f"n{len(page.notes) + 1}", page))
    usual = questions(page, most=8)
    return [_recast(question) for question in usual]


def _order(order: str, note_id: str, page: Page) -> DatedNote:
    chance: random.Random = page.chance
    if chance.random() < 0.5:
        return DatedNote(note_id, passage(order, chance.choice(FILES)))
    return DatedNote(note_id, quoted(order, page.day()))


def _as_asked(asked: str, answer: str, support: Sequence[str]) -> Question:
    return Question(asked, unmarked(answer), Category.FOREIGN, tuple(support), values=values_in(answer))


def _recast(question: Question) -> Question:
    if question.category is not Category.DIRECT:
        return question
    return Question(
        question.text,
        question.answer,
        Category.ORDERS,
        question.support,
        question.abstains,
        question.values,
        question.asked,
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
