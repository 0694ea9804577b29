"""The kinds of fact of the invented lives, as `resources/training/lives/` tells them (its README says how)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from memos_engine.parametric.phrasing import names_subject
from memos_engine.parametric.shapes import Mix
from memos_engine.resources import resources_dir


@dataclass(frozen=True)
class Aspect:
    """One thing that may be asked of a fact: the slot `of`. `gap` names what is not known where a note does not say it
    ("what {s} [do] for a living"), and is an indirect question as well."""

    of: str
    gap: str
    questions: tuple[str, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """One kind of fact: its slots, how it is told and kept, and what may be asked. Texts are templates (`phrasing`)."""

    name: str
    who: str
    """Whom it may be about: `all`, `me`, `relation` (someone with a relation and a name), `women`."""
    group: str
    """Kinds of one group may answer each other's questions: a person has one of them in a context."""
    themes: tuple[str, ...]
    open: bool
    """Several may hold of one person at once."""
    changes: bool
    """A newer one takes the place of an older one."""
    sole: bool
    """One of them excludes every other: "No, you live in Porto"."""
    slots: Mapping[str, str]
    """Slot → where its values come from (`pools.draw`)."""
    notes: tuple[str, ...]
    tells: tuple[str, ...]
    aspects: tuple[Aspect, ...]
    was: str = ""
    """The former fact as a clause."""
    was_asks: tuple[str, ...] = ()
    yes: tuple[str, ...] = ()
    who_ask: str = ""
    """Predicate of "Who …?"."""
    item: str = ""
    list_asks: tuple[str, ...] = ()
    list_answer: str = ""
    count_asks: tuple[str, ...] = ()
    count_answer: str = ""

    @property
    def key(self) -> str:
        """The slot that tells one such fact from another."""
        return self.aspects[0].of


@cache
def kinds() -> tuple[Kind, ...]:
    """All kinds, in the order of files and lines. Raises `KeyError` for a table that lacks something."""
    found = []
    for path in sorted((resources_dir() / "training" / "lives").glob("*.toml")):
        with path.open("rb") as stream:
            found += [_kind(name, table) for name, table in tomllib.load(stream).items()]
    return tuple(found)


@cache
def _chosen(only: frozenset[str], without: frozenset[str]) -> tuple[Kind, ...]:
    return tuple(each for each in kinds() if each.name not in without and (not only or each.name in only))


def told_of(mix: Mix) -> tuple[Kind, ...]:
    """The kinds that a mix admits."""
    return _chosen(mix.only_kinds, mix.without_kinds)


@cache
def kind(name: str) -> Kind:
    """The kind of that name. Raises `StopIteration` where there is none."""
    return next(each for each in kinds() if each.name == name)


def _kind(name: str, table: Mapping[str, Any]) -> Kind:
    return Kind(
        name=name,
        who=table.get("who", "all"),
        group=table.get("group", name),
        themes=tuple(table["theme"]),
        open=table.get("open", False),
        changes=table.get("changes", False),
        sole=table.get("sole", table.get("changes", False)),
        slots=dict(table["slots"]),
        notes=tuple(_note(text) for text in _lines(table["note"])),
        tells=_lines(table["tell"]),
        aspects=tuple(
            Aspect(entry["of"], entry["gap"], _lines(entry["q"]), _lines(entry["a"])) for entry in table["ask"]
        ),
        was=table.get("was", ""),
        was_asks=_lines(table.get("was_ask", "")),
        yes=_lines(table.get("yes", "")),
        who_ask=table.get("who_ask", ""),
        item=table.get("item", ""),
        list_asks=_lines(table.get("list_ask", "")),
        list_answer=table.get("list_a", ""),
        count_asks=_lines(table.get("count_ask", "")),
        count_answer=table.get("count_a", ""),
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _note(text: str) -> str:
    # A tidy memory names no subject where it is the person: "Works as a baker", but "Sister works as a baker".
    if names_subject(text) or text.startswith("{"):
        return text
    return "{s} " + text[:1].lower() + text[1:]
