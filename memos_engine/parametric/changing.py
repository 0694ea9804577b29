"""Facts that changed, and notes that disagree."""

import re

from memos_engine.parametric.asking import Asker
from memos_engine.parametric.facts import Told
from memos_engine.parametric.marks import values_in
from memos_engine.parametric.phrasing import View, slots_of
from memos_engine.parametric.replies import framed
from memos_engine.parametric.shapes import Category, Question

_NOW = ("{q}", "{q}", "{q}", "as of now, {q}", "today, {q}", "these days, {q}", "currently, {q}", "at the moment, {q}")
_OPEN = re.compile(r"(?:what|where|which|who|when|how)\b.*\?$")
_THEN = ("before", "before that", "earlier", "in the past", "before things changed", "in {month}", "back in {month}")

_BEFORE_THIS = 0.3
"""Share of the questions about the past that name what came after."""
_SHORT_VALUE = 3
"""Words."""


def current(asker: Asker, old: Told, new: Told) -> Question | None:
    """How it is now that it changed."""
    if not new.aspects():
        return None
    aspect = asker.chance.choice((new.aspects()[0], *new.aspects()))
    naming = asker.naming(new)
    asked = asker.wording(new, aspect, naming)
    if _OPEN.match(asked):
        asked = asker.chance.choice(_NOW).replace("{q}", asked)
    before = _was(asker, old) if aspect is new.aspects()[0] else ""
    clause = asker.clause(new, aspect, naming=naming)
    answer = asker.taken_up(framed("current", asker.chance, c=clause, d=before, when=new.when), new)
    former = set(values_in(answer)) - set(new.fact.values.values()) - {new.when}
    support = (new.note, old.note) if former else (new.note,)
    return asker.question(asked, answer, Category.CURRENT, support)


def past(asker: Asker, old: Told, new: Told) -> Question | None:
    """How it was before it changed."""
    kind = old.kind
    fitting = [text for text in kind.was_asks if slots_of(text) <= old.slots]
    was = _was(asker, old)
    if not fitting or not was or not new.aspects():
        return None
    month = f"{old.fact.said:%B %Y}" if old.when else ""
    then = asker.chance.choice([text for text in _THEN if month or "{month}" not in text]).replace("{month}", month)
    if asker.chance.random() < _BEFORE_THIS:
        then = _before(old, new) or then
    asked = asker.say(asker.chance.choice(fitting), old.fact, View.SAID, asker.naming(old), {"then": then})
    frame = "past_month" if month and month in then else "past"
    clause = asker.clause(new, new.aspects()[0])
    answer = asker.taken_up(framed(frame, asker.chance, d=was, c=clause, when=new.when, month=month), new)
    return asker.question(asked, answer, Category.PAST, (old.note, new.note))


def _before(old: Told, new: Told) -> str:
    """ "before Ghent": where one short value took the place of another."""
    values = [new.fact.values[slot] for slot in sorted(slots_of(old.kind.was) & new.slots)]
    changed = [value for value in values if value not in old.fact.values.values()]
    return f"before {changed[0]}" if len(changed) == 1 and len(changed[0].split()) <= _SHORT_VALUE else ""


def conflicting(asker: Asker, one: Told, two: Told) -> Question | None:
    """What two notes without dates say differently."""
    if not one.aspects() or not two.aspects() or one.aspects()[0] is not two.aspects()[0]:
        return None
    aspect = one.aspects()[0]
    answer = framed("conflict", asker.chance, c=asker.clause(one, aspect), d=asker.clause(two, aspect))
    answer = asker.taken_up(answer, one)
    asked = asker.wording(one, aspect, asker.naming(one))
    return asker.question(asked, answer, Category.CONFLICT, (one.note, two.note))


def _was(asker: Asker, old: Told) -> str:
    if not old.kind.was or not slots_of(old.kind.was) <= old.slots:
        return ""
    return asker.say(old.kind.was, old.fact, View.REPLY, old.naming)
