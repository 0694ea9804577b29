"""Contexts of ordinary chat: it has nothing to do with memory, whether irrelevant notes stand before it or none."""

import random
from functools import cache
from pathlib import Path

from memos_engine.inference.prompt import Turn
from memos_engine.parametric import chatter, composing, tasks
from memos_engine.parametric.composing import Page
from memos_engine.parametric.shapes import Category, Mix, Question
from memos_engine.resources import resources_dir

_QUESTIONS = 6


@cache
def dialogues() -> tuple[tuple[str, str], ...]:
    """What a person says and the reply, written by hand: `resources/training/chat/`. Raises `ValueError` for a block
    that is not one of each."""
    found = []
    for path in sorted((resources_dir() / "training" / "chat").glob("*.txt")):
        found += [_dialogue(block, path) for block in path.read_text(encoding="utf-8").split("\n\n") if block.strip()]
    return tuple(found)


def _dialogue(block: str, path: Path) -> tuple[str, str]:
    said = [line.removeprefix(">").strip() for line in block.splitlines() if line.startswith(">")]
    reply = [line.removeprefix("<").removeprefix(" ") for line in block.splitlines() if line.startswith("<")]
    if not said or not reply or len(said) + len(reply) != len(block.strip().splitlines()):
        raise ValueError(f"{path.name}: {block[:60]}")
    return "\n".join(said), "\n".join(reply).strip()


def chat(page: Page) -> tuple[list[Question], tuple[Turn, ...]]:
    """Small talk, writing, explaining and tasks, in two of three contexts with notes that do not matter."""
    chance = page.chance
    if chance.random() < 0.66:
        page.fill(chance.randint(1, 5))
    made = [_ordinary(chance, page.mix) for _ in range(_QUESTIONS)]
    history: tuple[Turn, ...] = ()
    if chance.random() < 0.3:
        history = turns(chance, page.mix)
    return made, history


def silent(page: Page) -> list[Question]:
    """Questions about what was never told, among ordinary ones, with nothing in front of them."""
    made = [*composing.silent(page), *(_ordinary(page.chance, page.mix) for _ in range(_QUESTIONS // 2))]
    page.chance.shuffle(made)
    return made


def looks_personal(page: Page) -> list[Question]:
    """Tasks that speak of "my" this and that, and need no memory."""
    if page.chance.random() < 0.75:
        page.fill(page.chance.randint(1, 5))
    made = []
    for _ in range(_QUESTIONS):
        asked, answer = tasks.personal(page.chance)
        made.append(_question(asked, answer, page.chance, page.mix, Category.LOOKS_PERSONAL))
    return made


def turns(chance: random.Random, mix: Mix) -> tuple[Turn, ...]:
    """One or two earlier turns of ordinary chat."""
    past = [_ordinary(chance, mix) for _ in range(chance.randint(1, 2))]
    return tuple(turn for each in past for turn in (Turn("user", each.text), Turn("assistant", each.answer)))


def _ordinary(chance: random.Random, mix: Mix) -> Question:
    if chance.random() < 0.6:
        said, reply = chance.choice(dialogues())
        text = said if chance.random() < 0.8 or "\n" in said or '"' in said else chatter.written(said, chance, mix)
        return Question(text, reply, Category.CHAT)
    asked, answer = tasks.plain(chance)
    return _question(asked, answer, chance, mix, Category.CHAT)


def _question(asked: str, answer: str, chance: random.Random, mix: Mix, category: Category) -> Question:
    quoted = any(mark in asked for mark in '":') or answer.islower()
    return Question(_capital(asked) if quoted else chatter.written(asked, chance, mix), answer, category)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
