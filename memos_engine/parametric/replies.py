"""How a reply is framed: plain, with its source, as yes or no, or as not knowing."""

import random
import tomllib
from functools import cache

from memos_engine.parametric.marks import marked
from memos_engine.parametric.phrasing import sentence
from memos_engine.resources import resources_dir


@cache
def frames(name: str) -> tuple[str, ...]:
    """The frames of one list of `resources/training/replies.toml`. Raises `KeyError`."""
    with (resources_dir() / "training" / "replies.toml").open("rb") as stream:
        return tuple(line.strip() for line in tomllib.load(stream)[name].splitlines() if line.strip())


def framed(name: str, chance: random.Random, **parts: str) -> str:
    """A sentence of the list `name`, its values still in their marks. Frames that need an empty part are left out."""
    fitting = [frame for frame in frames(name) if all(parts.get(part) for part in _parts(frame))]
    frame = chance.choice(fitting)
    for part, text in parts.items():
        frame = frame.replace(f"{{{part}}}", marked(text) if part in ("when", "month") else text)
    return frame


def finished(raw: str) -> str:
    """The reply as it is shown."""
    return sentence(raw)


@cache
def _parts(frame: str) -> frozenset[str]:
    return frozenset(piece.partition("}")[0] for piece in frame.split("{")[1:])


def listed(items: list[str]) -> str:
    """ "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
