"""What a reply says to a person, as that person would say it of themselves: "your sister is …" → "my sister is …".

The reader knows the first person only. Seen from the other side, a reply tells the person's facts in the same words in
which they would have told them, and what the reader finds there is what the reply claims.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from memos_engine.reader.clauses import SUBJECTS
from memos_engine.reader.lexicon import word_class

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Doc, Token

SECOND_PERSON = word_class("you your yours yourself")
_FIRST_PERSON = {"i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself"}
_OWN = {"your": "my", "yours": "mine", "yourself": "myself"}
_FORMS = {"are": "am", "'re": "'m", "’re": "'m", "were": "was"}
_KNOWING = word_class("know remember recall see note understand gather")
"""What an assistant does that says: "I remember that you …"."""
_REASONS = word_class("since as because")


def mirrored(doc: "Doc") -> list[str]:
    """A sentence seen by the one whom it is said to; behind it each reason in it ("since you …") on its own."""
    words = {token.i: _turned(token) for token in doc}
    bidden = {inner.i for token in doc for inner in _bidden(token)}
    said = [_joined(doc, words, frozenset(bidden))]
    for reason in _reasons(doc):
        mark = next(child for child in reason.children if child.dep_ == "mark")
        inside = {token.i for token in reason.subtree if token.i > mark.i}
        told = _joined(doc, words, frozenset(range(len(doc))) - inside)
        if told:
            said.append(f"{told[:1].upper()}{told[1:].rstrip(' ,;')}.")
    return said


def would_like(verb: "Token") -> bool:
    """Whether it says politely what somebody wants to do: "would like to learn"."""
    wishes = any(child.lower_ in ("would", "'d") for child in verb.children)
    return verb.lower_ in ("like", "love") and wishes and any(child.dep_ == "xcomp" for child in verb.children)


def speaks_to(doc: "Doc") -> bool:
    """Whether a sentence names the one whom it is said to."""
    return any(token.lower_ in SECOND_PERSON for token in doc)


def _joined(doc: "Doc", words: dict[int, str], without: frozenset[int]) -> str:
    return "".join(words[token.i] + token.whitespace_ for token in doc if token.i not in without).strip()


def _reasons(doc: "Doc") -> Iterator["Token"]:
    for token in doc:
        if token.dep_ in ("advcl", "ccomp", "ROOT") and any(
            child.dep_ == "mark" and child.lower_ in _REASONS for child in token.children
        ):
            yield token


def _bidden(token: "Token") -> "set[Token]":
    """The words of an imperative behind what was told: "you like it hot, so add a chilli" tells nothing of who adds."""
    if token.tag_ not in ("VB", "VBP") or any(child.dep_ in (*SUBJECTS, "aux", "auxpass") for child in token.children):
        return set()
    if token.dep_ == "ROOT":
        before = [child for child in token.lefts if child.dep_ in ("ccomp", "parataxis", "advcl")]
        return set(token.subtree) - {inner for child in before for inner in child.subtree} if before else set()
    return set(token.subtree) if _follows(token) else set()


def _follows(token: "Token") -> bool:
    if token.dep_ not in ("conj", "ccomp", "advcl", "parataxis") or token.i == 0:
        return False
    first = token.left_edge
    before = first.nbor(-1).lower_ if first.i else ""
    opens = first.lower_ in ("so", "then", "just", "please")
    return opens or before in ("so", "then", ":", ";", "-", "–", "—")


def _turned(token: "Token") -> str:
    low = token.lower_
    if low == "you":
        return "I" if token.dep_ in SUBJECTS else "me"
    if would_like(token):
        return "want"  # the reader takes "I would like to" for a taste
    if low in ("would", "'d") and would_like(token.head):
        return ""
    if low == "i" and _knows(token.head):
        return "I"
    if low in _KNOWING and _knows(token):
        return "said"
    if low in _FIRST_PERSON or low in _OWN:
        turned = _FIRST_PERSON.get(low) or _OWN[low]
        return turned[:1].upper() + turned[1:] if token.i == 0 else turned
    if low in ("'m", "’m", "am") and any(child.lower_ == "i" for child in token.head.children):
        return "are" if low == "am" else "'re"
    if low in _FORMS and _is_of_you(token):
        return _FORMS[low]
    if low == "n't" and token.i and token.nbor(-1).lower_ == "are" and _is_of_you(token.nbor(-1)):
        return " not"
    return token.text


def _knows(verb: "Token") -> bool:
    return (
        verb.lower_ in _KNOWING
        and any(child.lower_ == "i" and child.dep_ in SUBJECTS for child in verb.children)
        and not any(child.dep_ == "neg" for child in verb.children)
        and any(child.dep_ == "ccomp" for child in verb.children)
    )


def _is_of_you(token: "Token") -> bool:
    verb = token if token.dep_ not in ("aux", "auxpass") else token.head
    subject = next((child for child in verb.children if child.dep_ in SUBJECTS), None)
    if subject is None and verb.dep_ == "conj":
        subject = next((child for child in verb.head.children if child.dep_ in SUBJECTS), None)
    if subject is None:
        return token.i > 0 and token.nbor(-1).lower_ == "you"
    return subject.lower_ == "you"
