"""When the thing that a clause tells was, is or will be so."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from memos_engine.language import dates
from memos_engine.language.dates import DateRange, Direction
from memos_engine.reader.clauses import Clause, Tense, own_tokens
from memos_engine.reader.lexicon import word_class

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Token


class Bound(StrEnum):
    """What a time says of a clause: it was then, it holds from then on, until then, or over the whole range."""

    AT = "at"
    SINCE = "since"
    UNTIL = "until"
    DURING = "during"


@dataclass(frozen=True)
class When:
    """A resolved time and the tokens that said it."""

    range: DateRange
    bound: Bound
    tokens: "tuple[Token, ...]"

    @property
    def words(self) -> str:
        """How the text of a memory ends: ", March 2026", " since 2019", "" for nothing to add."""
        said = dates.in_words(self.range)
        return {
            Bound.AT: f", {said}",
            Bound.SINCE: f" since {said}",
            Bound.UNTIL: f" until {said}",
            Bound.DURING: f", {said}",
        }[self.bound]


_INTRODUCING = word_class("like in on at since until till by during from for before after between over around about to")
_RECURRING = word_class("every each daily weekly monthly yearly usually often always mornings evenings weekends nights")
_HABITUAL = word_class("usually often always regularly generally normally typically sometimes occasionally mostly")
_EACH = word_class("every each alternate most any all")
_BETWEEN_EACH = word_class("other second third fourth single on in at the")
"""Words between "every" and the day that it counts."""
_POINTED = word_class("tomorrow tonight next coming this upcoming")
"""Words that point from now to one time ahead."""
_AMOUNT = re.compile(r"(?:\S+ )?\S+ (?:second|minute|hour)s?", re.IGNORECASE)
_CALENDAR = word_class(
    "today tonight yesterday tomorrow ago last next monday tuesday wednesday thursday friday "
    "saturday sunday january february march april may june july august september october november "
    "december spring summer autumn winter christmas xmas easter halloween weekend week month year"
)
_MONTHS = word_class(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug "
    "sep sept oct nov dec"
)
_RELATIVE = word_class("later earlier afterwards afterward")
"""Words by which a time counts from another time that was told."""
_FEAST_WORDS = word_class("new year 's eve day years boxing valentine")
_PUT_OFF = word_class("postpone move reschedule push delay defer shift")
_AHEAD = word_class("book schedule plan reserve arrange sign order register apply buy invite")
"""Verbs done now "for" a time that is to come."""
_PARTS = word_class("morning afternoon evening night days weeks months years")
_DAY = re.compile(r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?", re.IGNORECASE)
_YEAR = re.compile(r"(?:1[89]|20)\d\d")


def when(clause: Clause, base: datetime) -> When | None:
    """The time of `clause`, from the phrases that the name finder marks as dates and those that read as one."""
    direction = _direction(clause)
    best: When | None = None
    seen: set[int] = set()
    for part in clause.chain:
        tokens = own_tokens(part)
        for phrase in _phrases(tokens):
            if phrase[0].i in seen:
                continue
            seen.update(token.i for token in phrase)
            found = _resolve(phrase, base, direction, clause)
            if found and (best is None or _rank(found) > _rank(best)):
                best = found
    return best


def _rank(found: When) -> tuple[int, int]:
    return (found.bound is Bound.SINCE, len(found.tokens))


def _direction(clause: Clause) -> Direction:
    if clause.tense in (Tense.FUTURE, Tense.PROGRESSIVE, Tense.PRESENT, Tense.BARE):
        return Direction.FUTURE
    return Direction.PAST


def _phrases(tokens: "list[Token]") -> "list[list[Token]]":
    """Runs of tokens that may be a date, each with the preposition before it and "ago" behind it; runs that a
    preposition joins ("from 2015 to 2019", "in the summer of 2020") are one."""
    places = {token.i for token in tokens}
    runs: list[list[Token]] = []
    for token in tokens:
        if not _may_be_date(token):
            continue
        if runs and token.i - runs[-1][-1].i <= 1:
            runs[-1].append(token)
        elif (
            runs
            and token.i - runs[-1][-1].i == 2
            and token.nbor(-1).lower_ in word_class("to and of until till - at , the")
        ):
            runs[-1] += [token.nbor(-1), token]
        else:
            runs.append([token])
    phrases = []
    for run in runs:
        _complete(run)
        while (
            run[0].i - 1 in places
            and run[0].nbor(-1).lower_
            in (
                *_INTRODUCING,
                "the",
                "ever",
                "this",
                "last",
                "next",
                "early",
                "late",
                "mid",
                "back",
                "end",
                "a",
                "couple",
                "of",
                "few",
            )
            and not (
                run[0].nbor(-1).lower_ == "of"
                and run[0].nbor(-1).head.lower_
                not in word_class("summer spring autumn winter fall couple end start beginning middle of")
            )
        ):
            run.insert(0, run[0].nbor(-1))
        while run[-1].i + 1 in places and run[-1].nbor(1).lower_ in ("ago", "now", "old"):
            run.append(run[-1].nbor(1))
        phrases.append(run)
    return phrases


def _complete(run: "list[Token]") -> None:
    """Take in the day, month and year that stand beside a date and that the parser gave to another phrase."""
    sentence = run[0].sent
    while run[0].i > sentence.start:
        before, first = run[0].nbor(-1), run[0]
        month = first.lower_ in _MONTHS
        if (month and _DAY.fullmatch(before.text)) or (_YEAR.fullmatch(first.text) and before.lower_ in _MONTHS):
            run.insert(0, before)
        elif month and before.lower_ == "of" and before.i > sentence.start and _DAY.fullmatch(before.nbor(-1).text):
            run[:0] = [before.nbor(-1), before]
        else:
            break
    while run[-1].i + 1 < sentence.end:
        last, after = run[-1], run[-1].nbor(1)
        counts = after.dep_ == "nummod" and after.head.i > after.i
        dated = last.lower_ in _MONTHS or (len(run) > 1 and run[-2].lower_ in _MONTHS and _DAY.fullmatch(last.text))
        if not counts and (
            (last.lower_ in _MONTHS and _DAY.fullmatch(after.text)) or (dated and _YEAR.fullmatch(after.text))
        ):
            run.append(after)
        else:
            break


def _may_be_date(token: "Token") -> bool:
    if token.tag_ == "CD" and token.dep_ in ("attr", "dobj", "acomp"):
        return False
    if token.dep_ in ("compound", "nmod", "amod") and token.head.i > token.i and not _names_time(token.head):
        return False
    if token.ent_type_ in ("DATE", "TIME"):
        return True
    if token.lower_ in _CALENDAR and token.tag_ != "MD":
        return True
    if token.ent_type_ == "EVENT" and token.lower_ in _FEAST_WORDS:
        return True
    return (
        token.tag_ == "CD"
        and len(token.text) == 4
        and token.text[:2] in ("19", "20")
        and token.dep_ in ("pobj", "nummod", "npadvmod")
    )


def _names_time(noun: "Token") -> bool:
    """Whether a noun is of the calendar: what stands before it is of a date ("Friday night", not "summer breeze")."""
    return noun.ent_type_ in ("DATE", "TIME") or noun.lower_ in _CALENDAR or noun.lower_ in _PARTS


def _recurs(phrase: "list[Token]", clause: Clause) -> bool:
    """Whether a phrase is of a habit: "on Sundays", "every other Saturday", "I usually … on Sunday"."""
    if dates.recurs("".join(token.text_with_ws for token in phrase)):
        return True
    place = phrase[0].i - 1
    while place >= phrase[0].sent.start and phrase[0].doc[place].lower_ in _BETWEEN_EACH:
        place -= 1
    if place >= phrase[0].sent.start and phrase[0].doc[place].lower_ in _EACH | _RECURRING:
        return True
    return clause.tense in (Tense.PRESENT, Tense.FORMER) and any(
        child.lower_ in _HABITUAL for part in clause.chain for child in part.children
    )


def is_ahead(found: When | None, clause: Clause, base: datetime) -> bool:
    """Whether a clause of the present ("I play tennis on Sunday") has a time that is yet to come."""
    return (
        found is not None
        and found.bound is Bound.AT
        and clause.tense in (Tense.PRESENT, Tense.BARE)
        and found.range.start > base
    )


def points_ahead(found: When) -> bool:
    """Whether the words of a time point from now to one time ahead: "tomorrow", "next Friday"."""
    return any(token.lower_ in _POINTED for token in found.tokens)


def _resolve(phrase: "list[Token]", base: datetime, direction: Direction, clause: Clause) -> When | None:
    words = [token.lower_ for token in phrase]
    if any(
        token.tag_ in ("NNS", "NNPS") and token.lower_.endswith(("days", "mornings", "evenings", "nights", "ends"))
        for token in phrase
    ):
        return None
    after = phrase[-1].nbor(1).lower_ if phrase[-1].i + 1 < len(phrase[-1].doc) else ""
    if words[-1] in _RELATIVE or after in _RELATIVE:
        return None
    if "old" in words or any(word in _RECURRING for word in words):
        return None
    if _recurs(phrase, clause):
        return None
    described = phrase[0].lower_ == "from" and phrase[0].dep_ == "prep" and phrase[0].head.pos_ in ("NOUN", "PROPN")
    if described and not any(word in words for word in ("to", "until", "till")):
        return None
    text = "".join(token.text_with_ws for token in phrase if token.lower_ != "like").strip()
    first = words[0] if words[0] != "ever" else words[1]
    if _AMOUNT.fullmatch(text) and first not in _INTRODUCING:
        return None
    put_off = first == "to" and phrase[0].head.lemma_.lower() in _PUT_OFF
    if first in word_class("before after between over about to around") and first != "between" and not put_off:
        found = dates.resolve(text, base, direction)
        return When(found, Bound.AT, tuple(phrase)) if found and first == "around" else None
    if put_off:
        found = dates.resolve(text.removeprefix("to "), base, Direction.FUTURE)
        return When(found, Bound.AT, tuple(phrase)) if found else None
    missed = first == "in" and clause.negated and clause.tense is Tense.PERFECT
    lasting = dates.duration(text.removeprefix("for ").removeprefix("For ") if not missed else text[3:], base)
    if lasting is not None:
        over_now = clause.tense in (Tense.PERFECT,) and words[-1] != "ago"
        return (
            When(lasting, Bound.SINCE, tuple(phrase))
            if over_now and (first == "for" or missed or words[-1] == "now" or first.isdigit())
            else None
        )
    if first == "for" and clause.lemma in _AHEAD:
        direction = Direction.FUTURE
    if first == "since":
        direction = Direction.PAST
    found = dates.resolve(text, base, direction)
    if found is None:
        return None
    as_of = phrase[0].i > 1 and [phrase[0].nbor(-2).lower_, phrase[0].nbor(-1).lower_] == ["as", "of"]
    if as_of:
        return When(found, Bound.SINCE, (phrase[0].nbor(-2), phrase[0].nbor(-1), *phrase))
    if first == "since" or (first == "from" and "to" not in words and "until" not in words):
        return When(found, Bound.SINCE, tuple(phrase))
    if first in ("until", "till"):
        return When(found, Bound.UNTIL, tuple(phrase))
    if first in ("from", "between"):
        return When(found, Bound.DURING, tuple(phrase))
    # "I have Friday off": the day is what one has, and stays in the words.
    return When(found, Bound.AT, tuple(phrase) if after != "off" else ())
