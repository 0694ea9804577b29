"""Whether a memory says what a claim says: person, names, numbers, dates, denial and content, each compared.

A memory supports a claim only where all of them agree. Where one is at odds, the memory says something else, however
alike the words are; where none is and words are left over, nothing is decided.
"""

import calendar
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from memos_engine.language.stemming import stem
from memos_engine.reader.lexicon import KNOWING
from memos_engine.support.equivalents import (
    BEING,
    CONSUMING,
    FEELING,
    FRAME,
    OVER,
    POSSESSING,
    UNBEARABLE,
    meanings,
    told_by,
)
from memos_engine.support.statements import Statement

_SHORTEST_PART = 3
_SHORTEST_ROOT = 4
_DATE = "<date>"
_MONTH_NAME = re.compile("|".join(calendar.month_name[1:]), re.IGNORECASE)
_OPENING = BEING | POSSESSING | {"live", "call", "name", "marry"}
"""Predicates that say no more than that somebody is there, or where."""

Aliases = Mapping[str, frozenset[str]]
"""Name → the relations that are called by it: "ana" → {"sister"}."""


class Finding(StrEnum):
    """What a memory tells about a claim."""

    SAYS = "says"
    AT_ODDS = "at odds"
    """It is of another person, number, name or time, or says the opposite."""
    PART = "part"
    """It says some of it: with another memory it may say all."""
    OPEN = "open"
    """Some words are left over: it may say so in others."""


@dataclass(frozen=True)
class Comparison:
    """A claim beside a memory, and which of the claim's words, numbers and dates the memory holds."""

    finding: Finding
    told: frozenset[str] = frozenset()
    same: bool = False
    """Whether the predicates say the same."""
    odd: bool = False
    """Whether a name, number or time of the claim is not in it: alone it does not say the claim in any words."""
    turned: bool = False
    """Whether one of the two is denied, wished for or over, and the other is not."""


def aliases(known: Iterable[Statement]) -> Aliases:
    """Who is called what, by all that is known."""
    found: dict[str, frozenset[str]] = {}
    for statement in known:
        names = statement.called | (statement.names if statement.predicate in ("call", "name") else frozenset())
        for name in names if statement.relations else ():
            found[name] = found.get(name, frozenset()) | statement.relations
    return found


def items(claim: Statement) -> frozenset[str]:
    """All that a claim says and a memory has to hold."""
    return claim.words | claim.numbers | ({_DATE} if claim.note.when else frozenset())


def compare(claim: Statement, said: Statement, known: Aliases) -> Comparison:
    """What `said` tells about `claim`."""
    covered = _whom(claim, said, known)
    if covered is None:
        held = frozenset(word for word in items(claim) if holds(said.spoken, word))
        named = not claim.is_mine and said.is_mine and held & claim.names
        return Comparison(Finding.OPEN if named else Finding.AT_ODDS, held)
    told = {word for word in claim.words if word in covered or holds(said.spoken, word)}
    told |= claim.numbers & said.figures
    if _same_time(claim, said):
        told.add(_DATE)
    left = items(claim) - told
    same = _same_predicate(claim, said, bool(covered - claim.called))
    if same:
        told.add(claim.predicate)
    if said.note.over and claim.present:
        return Comparison(Finding.AT_ODDS if told else Finding.OPEN, frozenset(told), turned=True)
    if claim.aspect - (OVER if said.note.over else frozenset()) != said.aspect:
        return Comparison(Finding.AT_ODDS if told else Finding.OPEN, frozenset(told), turned=True)
    if claim.denied != said.denied:
        return Comparison(Finding.AT_ODDS if same and not left else Finding.OPEN, frozenset(told), turned=True)
    if same and not left and (claim.called or told - FRAME - KNOWING):
        return Comparison(Finding.SAYS, frozenset(told), same)
    if _one_value(claim, said):
        return Comparison(Finding.AT_ODDS, frozenset(told))
    odd = bool(left & (claim.names | claim.numbers | {_DATE}))
    if same and told - {claim.predicate} and not (claim.numbers and said.numbers and claim.numbers - said.figures):
        return Comparison(Finding.PART, frozenset(told), same, odd)
    return Comparison(Finding.AT_ODDS if odd else Finding.OPEN, frozenset(told), same)


def _together(claim: Statement, found: Sequence[Comparison]) -> list[int]:
    """The places of those that only together hold all that a claim says, those that hold most first; else none."""
    parts = [place for place, one in enumerate(found) if one.finding is Finding.PART]
    wanted = set(items(claim))
    chosen = []
    for place in sorted(parts, key=lambda place: len(found[place].told), reverse=True):
        if wanted & found[place].told:
            chosen.append(place)
            wanted -= found[place].told
    return chosen if chosen and not wanted else []


def supporting(claim: Statement, found: Sequence[Comparison]) -> tuple[list[int], float]:
    """The places of those whose words say a claim, each by itself or only together, and how surely (0–1)."""
    says = [place for place, one in enumerate(found) if one.finding is Finding.SAYS]
    return (says, 1.0) if says else (_together(claim, found), 0.9)


def _whom(claim: Statement, said: Statement, known: Aliases) -> frozenset[str] | None:
    """The words of the claim that are told by whom the memory is about; None where that is somebody else."""
    if claim.is_mine and said.is_mine:
        return frozenset()
    if claim.is_mine:
        spoken = claim.words | {claim.predicate}
        people = frozenset(word for word in spoken if told_by(word) & said.relations)
        return people | (claim.words & said.called) if people else None
    whom = claim.relations | claim.called
    if said.is_mine:
        there = all(holds(said.spoken, word) for word in whom)
        return whom if whom and there else None
    ours, theirs = claim.relations, said.relations
    for name in claim.called:
        ours |= known.get(name, frozenset())
    for name in said.called:
        theirs |= known.get(name, frozenset())
    if claim.called and said.called and not claim.called & said.called:
        return None
    if ours and theirs:
        return whom if any(told_by(relation) & theirs for relation in ours) else None
    return whom if claim.called & said.called else None


def holds(spoken: frozenset[str], word: str) -> bool:
    """Whether one of the stems `spoken` says a word: the same, a special one, or one that is made with it."""
    if any(stem(other) in spoken for other in told_by(word)):
        return True
    root = _root(word)
    return any(
        (len(word) >= _SHORTEST_PART and len(other) > len(word) + 1 and other.endswith(stem(word)))
        or (root is not None and other.startswith(root) and len(other) <= len(root) + 3)
        or ((made := _root(other)) is not None and word.startswith(made) and len(word) <= len(made) + 3)
        for other in spoken
    )


def _root(word: str) -> str | None:
    """ "Teach" of "teacher", "pian" of "pianist": of who does something, or plays it."""
    for ending in ("er", "or", "ist", "ian"):
        root = word.removesuffix(ending)
        if root != word:
            root = root[:-1] if len(root) > 2 and root[-1] == root[-2] else root
            return root if len(root) >= _SHORTEST_ROOT else None
    return None


def _same_predicate(claim: Statement, said: Statement, introduced: bool) -> bool:
    ours, theirs = claim.predicate, said.predicate
    if introduced and claim.is_mine != said.is_mine:
        return ours in _OPENING or meanings(ours) & meanings("marry") != frozenset() or stem(ours) in said.spoken
    if meanings(ours) & meanings(theirs):
        return True
    for group in (BEING, POSSESSING, FEELING):
        if ours in group and theirs in group:
            return True
    if ours in CONSUMING and UNBEARABLE & (said.words | {theirs}):
        return True
    averse = meanings("dislike")
    if (ours in FEELING and theirs in averse) or (ours in averse and theirs in FEELING):
        return True
    if ours in BEING | POSSESSING and any(theirs in meanings(word) for word in claim.words):
        return True
    if theirs in BEING | POSSESSING and any(ours in meanings(word) for word in said.words):
        return True
    if ours in BEING:
        return any(_root(word) is not None and theirs.startswith(_root(word) or "") for word in claim.words)
    if theirs in BEING:
        return any(_root(word) is not None and ours.startswith(_root(word) or "") for word in said.words)
    return False


def _same_time(claim: Statement, said: Statement) -> bool:
    """Whether the time of a claim meets that of a memory; of one that is told no time, the year in its words."""
    wanted, there = claim.note.when, said.note.when
    if wanted is None:
        return False
    if there is None:
        return str(wanted[0].year) in said.figures
    if wanted[0] < there[1] and there[0] < wanted[1]:
        return True
    # A day that is said without its year was taken for the nearest one: a birthday is in each.
    guessed = str(wanted[0].year) not in claim.note.quote and _MONTH_NAME.search(claim.note.quote) is not None
    return guessed and (wanted[0].month, wanted[0].day) == (there[0].month, there[0].day)


def _one_value(claim: Statement, said: Statement) -> bool:
    """Whether they give an attribute that has one value two of them."""
    one, other = claim.note, said.note
    if not one.slot or one.slot != other.slot or not one.value or not other.value:
        return False
    first, second = ({stem(word) for word in note.value.casefold().split()} for note in (one, other))
    return not first & second
