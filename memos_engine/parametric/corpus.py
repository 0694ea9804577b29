"""The corpus: contexts of every sort in their shares, from one seed, as a file of lines with a digest."""

import hashlib
import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from memos_engine.atomic_file import replacing
from memos_engine.errors import InputError
from memos_engine.inference.prompt import Note, Turn
from memos_engine.inference.prompt_notes import day, wishes
from memos_engine.parametric import composing, conversing, hostile, ordinary
from memos_engine.parametric.composing import Page
from memos_engine.parametric.people import ME
from memos_engine.parametric.pools import pool
from memos_engine.parametric.shapes import Category, Context, DatedNote, Mix, Question

FORMAT = 1
"""Of the file: a line about the corpus, then one context a line."""
_FEWEST = 3
"""Questions that a context is worth reading for."""
_BRIEF = 110
"""Characters of a reply that still counts as brief."""
_BRIEF_WISHES = ("Keep answers short", "Answer briefly", "Be brief", "Answer in one sentence", "No long explanations")
_WISHES = (
    "Use simple words",
    "No emojis, please",
    "Don't use slang",
    "Be friendly",
    "Use metric units",
    "Answer in English",
)
_SORTS: dict[str, Callable[[Page], list[Question]]] = {
    "facts": composing.facts,
    "changes": composing.changes,
    "lists": composing.lists,
    "conflicts": composing.conflicts,
    "foreign": hostile.foreign,
    "orders": hostile.orders,
    "telling": conversing.telling,
    "looks_personal": ordinary.looks_personal,
    "silent": ordinary.silent,
}


def contexts(seed: int, many: int, mix: Mix | None = None, *, first: int = 0) -> Iterator[Context]:
    """`many` contexts from the number `first` on. Each depends on the seed and its number alone."""
    for number in range(first, first + many):
        yield context(seed, number, mix or Mix())


def context(seed: int, number: int, mix: Mix) -> Context:
    """The context of that number."""
    chance = random.Random(f"{seed}:{number}")
    sorts = [*_SORTS, "chat"]
    sort = chance.choices(sorts, [getattr(mix, name) for name in sorts])[0]
    page, made, history = _page(sort, chance, mix)
    while len(made) < _FEWEST:
        page, made, history = _page(sort, chance, mix)
    done = Context(
        id=f"{sort}-{number}",
        notes=tuple(composing.shuffled(page)),
        questions=tuple(made),
        history=history,
        today=_today(page) if chance.random() < mix.dated else "",
    )
    return _styled(done, page)


def _page(sort: str, chance: random.Random, mix: Mix) -> tuple[Page, list[Question], tuple[Turn, ...]]:
    page = Page.of(chance, mix)
    if sort == "chat":
        return page, *ordinary.chat(page)
    made = _SORTS[sort](page)
    if sort == "facts" and chance.random() < 0.25:
        history, more = conversing.following(page)
        return page, [*more, *made], history
    return page, made, ()


def _today(page: Page) -> str:
    return day(page.last_day + timedelta(days=page.chance.choice((0, 1, 2, 5, 9, 20, 45, 120))))


def _styled(context: Context, page: Page) -> Context:
    """The context of a person who has said how they want to be called and answered, in a share of them."""
    chance = page.chance
    if chance.random() < page.mix.styled:
        name = chance.choice(pool("women") + pool("men"))
        context = replace(context, name=name, questions=(*context.questions, conversing.own_name(page, name)))
    elif chance.random() < 0.06 and not page.has("name", ME) and not context.history:
        context = replace(context, questions=(*context.questions, conversing.own_name(page, "")))
    if context.today and chance.random() < 0.04:
        context = replace(context, questions=(*context.questions, conversing.this_day(page, context.today)))
    if chance.random() < page.mix.styled:
        brief = [question for question in context.questions if len(question.answer) <= _BRIEF]
        if brief and chance.random() < 0.5:
            wish = chance.choice(_BRIEF_WISHES)
            context = replace(context, questions=tuple(brief))
        else:
            wish = chance.choice(_WISHES)
        instructions = wishes("", [wish]) if chance.random() < 0.6 else wishes(f"{wish}.", ())
        context = replace(context, instructions=instructions)
    return context


# --- the file


def write_corpus(path: Path, made: Iterable[Context], seed: int) -> str:
    """Write the contexts to `path`, one JSON object a line; returns the SHA-256 of the file. Raises `DiskError`."""
    digest = hashlib.sha256()
    with replacing(path) as stream:
        for entry in ({"format": FORMAT, "seed": seed}, *map(asdict, made)):
            line = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            digest.update(line)
            stream.write(line)
    return digest.hexdigest()


def read_corpus(path: Path) -> Iterator[Context]:
    """The contexts of a file that `write_corpus` wrote. Raises `InputError` for any other."""
    with path.open(encoding="utf-8") as stream:
        head = json.loads(stream.readline() or "{}")
        if head.get("format") != FORMAT:
            raise InputError(f"{path.name} is no corpus of this format.", "Make it again with this version.")
        for line in stream:
            yield _context(json.loads(line))


def _context(entry: Mapping[str, Any]) -> Context:
    return Context(
        id=entry["id"],
        notes=tuple(DatedNote(note["id"], Note(**note["note"]), tuple(note["facts"])) for note in entry["notes"]),
        questions=tuple(_question(question) for question in entry["questions"]),
        history=tuple(Turn(**turn) for turn in entry["history"]),
        name=entry["name"],
        instructions=entry["instructions"],
        today=entry["today"],
    )


def _question(entry: Mapping[str, Any]) -> Question:
    return Question(
        text=entry["text"],
        answer=entry["answer"],
        category=Category(entry["category"]),
        support=tuple(entry["support"]),
        abstains=entry["abstains"],
        values=tuple(entry["values"]),
        asked=tuple(entry["asked"]),
    )
