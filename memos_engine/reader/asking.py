"""Whether a message asks for something, or only tells."""

import re

from memos_engine.language.identify import identify
from memos_engine.language.pipeline import LanguagePipeline
from memos_engine.reader.clauses import Clause, Tense, clauses
from memos_engine.reader.standing import asks, is_question
from memos_engine.reader.wishes import wishes

_LONGEST = 2000
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


def all_questions(text: str) -> bool:
    """Whether a question mark ends each sentence that says anything."""
    said = [sentence.rstrip() for sentence in _SENTENCE.findall(text) if any(map(str.isalnum, sentence))]
    return all(sentence.endswith(("?", "？", "؟")) for sentence in said)


def _is_task(clause: Clause) -> bool:
    """ "Write …", "you could …": an imperative, or words about what the listener does."""
    if clause.subject is None:
        return clause.tense is Tense.BARE and clause.finite.tag_ == "VB"
    return clause.subject.lower_ == "you"
