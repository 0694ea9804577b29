"""Where the values of slots come from: lists in `resources/training/pools.toml`, and drawn numbers, dates and names."""

import random
import tomllib
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

from memos_engine.inference.prompt_notes import day
from memos_engine.resources import resources_dir

WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
"""Numbers as words."""


@cache
def pool(name: str) -> tuple[str, ...]:
    """The values of one list. Raises `KeyError` for a list that there is not."""
    return _pools()[name]


def split(text: str) -> tuple[str, ...]:
    """The values of a list written with semicolons."""
    return tuple(" ".join(value.split()) for value in text.split(";") if value.strip())


@cache
def _pools() -> dict[str, tuple[str, ...]]:
    with (resources_dir() / "training" / "pools.toml").open("rb") as stream:
        return {name: split(text) for name, text in tomllib.load(stream).items()}


def draw(source: str, said: date, chance: random.Random) -> str:
    """A value of `source`, for something said on `said`: a list's name, a list with semicolons, or `@generator` with
    its bounds ("@int 2 9", "@date -30 60" in days from `said`). Raises `KeyError` for what there is not."""
    if not source.startswith("@"):
        return chance.choice(split(source) if ";" in source else pool(source))
    name, *bounds = source[1:].split()
    return _GENERATORS[name](said, chance, *map(int, bounds))


def _int(_: date, chance: random.Random, low: int, high: int) -> str:
    return str(chance.randint(low, high))


def _word(_: date, chance: random.Random, low: int, high: int) -> str:
    return WORDS[chance.randint(low, high)]


def _tens(_: date, chance: random.Random, low: int, high: int) -> str:
    return str(chance.randint(low // 10, high // 10) * 10)


def _money(_: date, chance: random.Random, low: int, high: int) -> str:
    amount = chance.randint(low, high)
    amount = amount if amount < 40 else round(amount, -1) if chance.random() < 0.7 else amount
    return chance.choice(("{} euros", "{} euros", "€{}", "${}", "£{}", "{} francs", "{} dollars", "{} pounds")).format(
        f"{amount:,}"
    )


def _year(said: date, chance: random.Random, low: int, high: int) -> str:
    return str(min(said.year - chance.randint(low, high), said.year))


def _date(said: date, chance: random.Random, low: int, high: int) -> str:
    when = said + timedelta(days=chance.randint(low, high))
    if abs((when - said).days) > 250 or chance.random() < 0.3:
        return day(when)
    return f"{when.day} {when:%B}"


def _month(said: date, chance: random.Random, low: int, high: int) -> str:
    when = said + timedelta(days=30 * chance.randint(low, high))
    return f"{when:%B %Y}" if abs((when - said).days) > 250 or chance.random() < 0.4 else f"{when:%B}"


def _birthday(said: date, chance: random.Random) -> str:
    when = said + timedelta(days=chance.randint(1, 365))
    return f"{when.day} {when:%B}"


def _clock(_: date, chance: random.Random, low: int, high: int) -> str:
    hour, minute = chance.randint(low, high), chance.choice((0, 0, 0, 15, 30, 30, 45, 10, 20, 40))
    short = hour if hour <= 12 else hour - 12
    half = "am" if hour < 12 else "pm"
    if minute == 0 and chance.random() < 0.6:
        return f"{short} {half}" if chance.random() < 0.6 else f"{short}{half}"
    return f"{hour}:{minute:02d}" if chance.random() < 0.6 else f"{short}:{minute:02d} {half}"


def _woman(_: date, chance: random.Random) -> str:
    return chance.choice(pool("women"))


def _man(_: date, chance: random.Random) -> str:
    return chance.choice(pool("men"))


def _name(_: date, chance: random.Random) -> str:
    return chance.choice(pool("women") + pool("men"))


def _full_name(said: date, chance: random.Random) -> str:
    return f"{_name(said, chance)} {chance.choice(pool('surnames'))}"


def _titled(_: date, chance: random.Random) -> str:
    return f"{chance.choice(('Mr', 'Mrs', 'Ms', 'Dr'))} {chance.choice(pool('surnames'))}"


def _doctor(_: date, chance: random.Random) -> str:
    return f"Dr {chance.choice(pool('surnames'))}"


_GENERATORS: dict[str, Callable[..., str]] = {
    "int": _int,
    "word": _word,
    "tens": _tens,
    "money": _money,
    "year": _year,
    "date": _date,
    "month": _month,
    "birthday": _birthday,
    "clock": _clock,
    "woman": _woman,
    "man": _man,
    "name": _name,
    "full_name": _full_name,
    "titled": _titled,
    "doctor": _doctor,
}
