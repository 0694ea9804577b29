"""Short answers: "In Ghent.", "34.", "A nurse at Saint Luke's." say what the question leaves open."""

from typing import TYPE_CHECKING

from memos_engine.language.stemming import stem
from memos_engine.reader.lexicon import word_class
from memos_engine.support.agreement import holds
from memos_engine.support.equivalents import DENYING, FRAME, told_by
from memos_engine.support.known import Known
from memos_engine.support.statements import Statement, numbers

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Doc

_ASKING = word_class("what where when who which how why whose is are am was do does did i my me our we the a of to in")
_LONGEST = 12
"""Words: what is longer tells more than a question leaves open."""


def answered(doc: "Doc", known: Known, question: str) -> dict[str, float]:
    """The memories that hold all of a sentence without a verb, where the question asks for what they say."""
    if len(doc) > _LONGEST or any(token.tag_ in ("VBD", "VBP", "VBZ", "MD", "VB") for token in doc):
        return {}
    if doc.text.rstrip().endswith("?") or any(token.lower_ in DENYING for token in doc):
        return {}
    words = {
        token.lemma_.lower()
        for token in doc
        if token.text[:1].isalpha() and not token.is_stop and token.lemma_.lower() not in FRAME
    }
    count = numbers(doc.text)
    asked = {word.casefold() for word in question.replace("?", " ").replace(",", " ").split()}
    if not (words or count) or not asked & {"my", "i", "me", "i'm", "our", "we"}:
        return {}
    found = {}
    for statement, owner in zip(known.statements, known.owners, strict=True):
        if owner is None or statement.denied or statement.aspect:
            continue
        if (
            all(holds(statement.spoken, word) for word in words)
            and count <= statement.figures
            and _is_asked(statement, asked)
        ):
            found[owner] = 0.8
    return found


def _is_asked(statement: Statement, asked: set[str]) -> bool:
    """Whether a question asks about whom a memory is about, in one of its words."""
    whom = statement.relations | statement.called
    if whom and not any(told_by(word) & asked or word in asked for word in whom):
        return False
    return bool(whom) or any(stem(word) in statement.spoken for word in asked - _ASKING)
