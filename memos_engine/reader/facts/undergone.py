"""What others did to the speaker that lasts: "my doctor put me on a low-salt diet", "my aunt raised me"."""

from memos_engine.reader.clauses import Tense, own_tokens
from memos_engine.reader.facts.reading import Draft, Reading, bound_to_context
from memos_engine.reader.lexicon import word_class
from memos_engine.reader.phrasing import finish
from memos_engine.types import Kind

_DONE = word_class("diagnose promote fire hire sack dismiss transfer raise adopt prescribe name evict deport demote")
_TOLD_OF = word_class("raise adopt name")
"""What is told with whom it was done by."""
_WITH_WORD: dict[str, frozenset[str]] = {
    "lay": word_class("off"),
    "put": word_class("on"),
    "switch": word_class("to"),
    "move": word_class("onto"),
    "refer": word_class("to"),
    "make": word_class("redundant"),
}
"""Verbs that mean it with one of these words only."""


def undergone(reading: Reading) -> Draft | None:
    """A past clause with "me" as its object, told of the speaker."""
    clause, target = reading.clause, reading.object
    if target is None or target.lower_ not in ("me", "us") or clause.negated or clause.modal:
        return None
    if (
        clause.tense not in (Tense.PAST, Tense.PERFECT)
        or clause.subject is None
        or clause.subject.lower_ in ("i", "you")
    ):
        return None
    needed = _WITH_WORD.get(clause.lemma)
    if clause.lemma not in _DONE and not (needed and needed & {token.lower_ for token in clause.verb.subtree}):
        return None
    if clause.lemma == "put" and bound_to_context(clause.prep("on")):
        return None
    left_out = {token.i for token in reading.when.tokens} if reading.when else set()
    left_out |= {token.i for token in clause.subject.subtree}
    behind = [
        token
        for token in own_tokens(clause.verb, without=left_out)
        if token.i > clause.verb.i and token.i != target.i and token.i not in left_out
    ]
    while behind and behind[-1].is_punct:
        behind.pop()
    if not behind and clause.lemma not in _TOLD_OF | {"promote", "fire", "hire", "sack", "evict"}:
        return None
    by = reading.subject
    doer = f" by {by.phrase[:1].lower()}{by.phrase[1:]}" if clause.lemma in _TOLD_OF and by.phrase else ""
    if clause.lemma in _TOLD_OF and not doer:
        return None
    me = reading.people.me()
    said = f"{clause.verb.text.lower()} {''.join(token.text_with_ws for token in behind)}".strip()
    words = reading.when.words if reading.when else ""
    text = finish(f"{me.phrase} was {said}{doer}{words}" if me.phrase else f"{said}{doer}{words}")
    ends = clause.lemma in ("fire", "sack", "dismiss", "lay", "make")
    return Draft(Kind.EVENT, "employer" if ends else "", "", text, ends=ends, subject=me)
