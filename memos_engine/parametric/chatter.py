"""What people put around a fact when they chat: asides, registers, typing errors. Values stay as they are."""

import random
import re
import tomllib
from collections.abc import Callable
from functools import cache

from memos_engine.parametric.marks import CLOSE, NAME_CLOSE, NAME_OPEN, OPEN, unmarked
from memos_engine.parametric.phrasing import plain
from memos_engine.parametric.shapes import Mix
from memos_engine.resources import resources_dir

_SHORT = {
    "you": "u",
    "because": "bc",
    "please": "pls",
    "are": "r",
    "right now": "rn",
    "with": "w/",
    "going to": "gonna",
    "want to": "wanna",
    "and": "&",
    "really": "rly",
    "don't": "dont",
    "i'm": "im",
    "can't": "cant",
    "what's": "whats",
}
_VALUE = re.compile(f"{OPEN}[^{CLOSE}]*{CLOSE}")
_VALUE_OR_NAME = re.compile(f"{OPEN}[^{CLOSE}]*{CLOSE}|{NAME_OPEN}[^{NAME_CLOSE}]*{NAME_CLOSE}")
_WORD = re.compile(r"[a-z]{5,}")
_NEAR = {"a": "s", "e": "r", "i": "o", "o": "p", "t": "r", "n": "m", "s": "d", "r": "t", "l": "k", "h": "g"}


_REWORDED = (
    (re.compile(r"\bwhat's\b"), ("what is", "what is", "whats")),
    (re.compile(r"\bwho is\b"), ("who's", "who's")),
    (re.compile(r"\bwhere is\b"), ("where's", "where's")),
    (re.compile(r"^which (?!of\b)"), ("what ", "which ")),
    (re.compile(r"^what (city|town|day|year|month|time)\b"), (r"which \1", r"what \1")),
    (re.compile(r"^when (?=(?:is|does|do|am|are|did|was)\b)"), ("on what date ", "when exactly ", "when ")),
    (re.compile(r"^how much (?=(?:do|does|did)\b)"), ("how much money ", "how much ", "how much exactly ")),
    (re.compile(r"\bmy mother\b(?!-)"), ("my mum", "my mom", "my mother")),
    (re.compile(r"\bmy father\b(?!-)"), ("my dad", "my father")),
    (re.compile(r"\bmy grandmother\b"), ("my grandma", "my granny", "my grandmother")),
    (re.compile(r"\bmy grandfather\b"), ("my grandpa", "my granddad")),
)
_TAGS = ("do you know", "please", "again", "if you know", "can you tell me", "by the way")


@cache
def table(name: str) -> tuple[str, ...]:
    """The lines of one list of `resources/training/chatter.toml`. Raises `KeyError`."""
    with (resources_dir() / "training" / "chatter.toml").open("rb") as stream:
        return tuple(line.strip() for line in tomllib.load(stream)[name].splitlines() if line.strip())


def message(told: str, chance: random.Random, mix: Mix, *, update: bool = False) -> tuple[str, str]:
    """A chat message around the clause `told`, and what one might say to its aside ("" where it has none)."""
    before, reaction = "", ""
    if update and chance.random() < 0.6:
        before = chance.choice(table("updates"))
    elif chance.random() < 0.45:
        before, reaction = map(str.strip, chance.choice(table("before")).split("=>"))
    after = chance.choice(table("after")) if chance.random() < 0.3 else ""
    if chance.random() < 0.06:
        asides = [line.partition("=>")[0].strip() for line in chance.sample(table("before"), 3)]
        before = " ".join((before, *(aside for aside in asides if aside.endswith((".", "!"))))).strip()
        after = " ".join(chance.sample(table("after"), 2))
    ended = told if told.endswith(("!", "?", ".")) else told + chance.choice((".", ".", "!", ""))
    text = " ".join(part for part in (before, ended if after else told, after) if part)
    return written(text, chance, mix, ends=chance.random() < 0.6), reaction


def asked(question: str, chance: random.Random, mix: Mix) -> str:
    """A question as typed, some with a lead-in."""
    if chance.random() < 0.22:
        lead = chance.choice(table("asking"))
        question = f"{lead} {question}"
    elif chance.random() < 0.06:
        question = f"{question} {chance.choice(table('asked'))}"
    return written(question, chance, mix, ends=True)


def reworded(question: str, chance: random.Random) -> str:
    """The question with some of its small words exchanged for others that ask the same."""
    for pattern, others in _REWORDED:
        if chance.random() < 0.3:
            question = pattern.sub(chance.choice(others), question, count=1)
    if chance.random() < 0.05 and question.endswith("?"):
        question = f"{question[:-1]}, {chance.choice(_TAGS)}?"
    return question


def written(text: str, chance: random.Random, mix: Mix, *, ends: bool = True) -> str:
    """`text` in one person's way of typing, its values' marks taken off."""
    if chance.random() < mix.typos:
        text = _mistyped(text, chance)
    if chance.random() >= mix.lower:
        text = re.sub(r"\bi\b(?=[ ']|$)", "I", text)
        done = plain(text)
        return done if done.endswith((".", "!", "?", "…")) or not ends else f"{done}."
    kept = _VALUE_OR_NAME if chance.random() < 0.85 else _VALUE
    text = _outside(text, kept, lambda part: _casual(part, chance))
    done = " ".join(unmarked(text).split())
    if chance.random() < 0.5:
        done = done.rstrip(".?!")
    return done


def _outside(text: str, kept: re.Pattern[str], change: Callable[[str], str]) -> str:
    done, at = [], 0
    for value in kept.finditer(text):
        done += [change(text[at : value.start()]), value[0]]
        at = value.end()
    return "".join((*done, change(text[at:])))


def _casual(part: str, chance: random.Random) -> str:
    part = part.lower()
    if chance.random() < 0.4:
        for word, short in _SHORT.items():
            if chance.random() < 0.5:
                part = re.sub(rf"\b{re.escape(word)}\b", short, part)
    return part


def _mistyped(text: str, chance: random.Random) -> str:
    held = [value.span() for value in _VALUE_OR_NAME.finditer(text)]
    words = [word for word in _WORD.finditer(text) if not any(a <= word.start() < b for a, b in held)]
    if not words:
        return text
    word = chance.choice(words)
    at = chance.randrange(word.start() + 1, word.end() - 1)
    kind = chance.random()
    if kind < 0.4:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind < 0.7:
        return text[:at] + text[at + 1 :]
    if kind < 0.85:
        return text[:at] + text[at] + text[at:]
    return text[:at] + _NEAR.get(text[at], text[at]) + text[at + 1 :]
