"""What is not claimed: what a sentence leaves unsure, and what is said of everybody."""

import re

from memos_engine.reader.lexicon import word_class

_HEDGE = re.compile(
    r"\b(?:not (?:sure|certain)|unsure|perhaps|maybe|probably|likely|possibly|presumably|apparently"
    r"|might|could be|may be|seems?|sounds? like|looks? like|appears?|either"
    r"|i(?: would|['’]d)? (?:think|guess|suppose|assume|imagine|believe|suspect|bet)"
    r"|(?:don['’]t|do not|can['’]t|cannot|didn['’]t|did not) (?:know|recall|remember|find)"
    r"|(?:don['’]t|do not) have (?:\w+ )?(?:information|record|memory|note|details)"
    r"|(?:haven['’]t|have not|never|didn['’]t|did not) (?:told|tell|mention|mentioned|said|say|shared|share)"
    r"|according to (?:one|another|the other)|by (?:one|another) note|contradict\w*|different things"
    r"|two (?:different )?answers|(?:can['’]t|cannot) (?:tell|say)"
    r"|(?:that|as far as|if) i (?:know|remember|recall)(?: of)?"
    r"|for example|for instance|say,|imagine|suppose|let['’]s)\b",
    re.IGNORECASE,
)
_FIRST_PERSON = word_class("i me my mine myself we us our im ive id")
_WORD = re.compile(r"[^\W_]+")


def hedges(sentence: str) -> bool:
    """Whether a sentence is unsure of what it says, says that it does not know, or makes something up as an example."""
    return _HEDGE.search(sentence) is not None


def is_personal(question: str) -> bool:
    """Whether a question speaks of who asks it."""
    return any(word in _FIRST_PERSON for word in _WORD.findall(question.casefold()))
