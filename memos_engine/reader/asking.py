"""Whether a message asks for something, or only tells."""

import re

from memos_engine.language.identify import identify
from memos_engine.language.pipeline import LanguagePipeline
from memos_engine.reader.clauses import Clause, Tense, clauses
from memos_engine.reader.standing import asks, is_question
from memos_engine.reader.wishes import wishes

_LONGEST = 2000
_BEFORE_NOW = frozenset((Tense.PAST, Tense.PAST_PROGRESSIVE, Tense.PERFECT, Tense.FORMER))
_SENTENCE = re.compile(r"[^.!?…。！？؟\n]+[.!?…。！？؟\n]*")


def wants_answer(pipeline: LanguagePipeline, text: str) -> bool:
    """Whether a message holds a question or a task; a standing wish ("keep answers short") is none.

    True also where the parse cannot tell: another language, or more than 2,000 characters.
    """
    if len(text) > _LONGEST or identify(text) != pipeline.language:
        return True
    doc = pipeline.parse(text)
    wished = {token.i for wish in wishes(doc) for token in wish.tokens}
    return any(asks(sentence) for sentence in doc.sents) or any(
        is_question(clause.finite) or (_is_task(clause) and clause.finite.i not in wished) for clause in clauses(doc)
    )


def only_asks(pipeline: LanguagePipeline, text: str) -> bool:
    """Whether each sentence of a message is a question; where the parse cannot tell, whether it ends as one."""
    if len(text) > _LONGEST or identify(text) != pipeline.language:
        return all_questions(text)
    sentences = list(pipeline.parse(text).sents)
    return all(asks(sentence) or is_question(sentence.root) for sentence in sentences)


def looks_back(pipeline: LanguagePipeline, text: str) -> bool:
    """Whether a message asks how something was ("Where did I live before Ghent?"). "What was his name again?" asks how
    it is."""
    if len(text) > _LONGEST or identify(text) != pipeline.language:
        return False
    doc = pipeline.parse(text)
    if any(token.lower_ == "again" for token in doc):
        return False
    asked = [clause for clause in clauses(doc) if clause.verb.sent.root in (clause.verb, clause.finite, *clause.chain)]
    return any(
        clause.tense in _BEFORE_NOW and (asks(clause.verb.sent) or is_question(clause.finite)) for clause in asked
    )


def all_questions(text: str) -> bool:
    """Whether a question mark ends each sentence that says anything."""
    said = [sentence.rstrip() for sentence in _SENTENCE.findall(text) if any(map(str.isalnum, sentence))]
    return all(sentence.endswith(("?", "？", "؟")) for sentence in said)


def _is_task(clause: Clause) -> bool:
    """ "Write …", "you could …": an imperative, or words about what the listener does."""
    if clause.subject is None:
        return clause.tense is Tense.BARE and clause.finite.tag_ == "VB"
    return clause.subject.lower_ == "you"
