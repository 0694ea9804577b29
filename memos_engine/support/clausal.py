"""The statements of running text, clause by clause, about those whom a conversation is about.

The reader keeps what is worth remembering. Here every clause about the person or somebody of theirs counts, so that
"Your boss's motto is …" finds the memory that says so. It serves for marks only: what a clause of this sort claims is
not judged.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from memos_engine.reader.clauses import SUBJECTS, Clause, Tense, clauses, own_tokens
from memos_engine.reader.lexicon import word_class
from memos_engine.reader.protocol import ME
from memos_engine.reader.subjects import PETS, RELATIONS
from memos_engine.support.statements import Note, Statement, of_tokens, person_word

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Doc, Token

_SAYING = word_class("tell say mention ask know remember recall mean think note write share let thank")
"""Verbs of the conversation itself: "you told me that …" states nothing but what follows."""
_MODALS = word_class("could should would may might must shall")
_CONDITIONS = word_class("if whether unless when whenever until before once while")
_TAKING_UP = word_class("he she they his her their him them")
_ASIDE = word_class("relcl acl advcl ccomp")


class Speech:
    """Reads texts of one speaker to one listener in order; `persons` are the words for whom it is about, `names` those
    of others who are known, in lower case. A `speaker` other than the person speaks of themself."""

    def __init__(self, persons: Iterable[str], names: Iterable[str] = (), speaker: str = ME) -> None:
        self._persons = frozenset(persons)
        self._names = frozenset(names)
        self._self = frozenset() if speaker == ME else frozenset((speaker.casefold(),))
        self._last: frozenset[str] = frozenset()

    def statements(self, doc: "Doc") -> Iterator[Statement]:
        """What the clauses of a text state; questions, conditions, offers and imperatives state nothing."""
        for clause in clauses(doc):
            if clause.subject is None or clause.tense is Tense.BARE or clause.lemma in _SAYING:
                continue
            if not _states(clause):
                continue
            whom = self._whom(clause.subject)
            if whom is None:
                continue
            about = [token for token in clause.subject.subtree if not _inside(token, clause.subject)]
            own = [token for part in clause.chain for token in own_tokens(part)]
            if any(token.tag_ in ("WDT", "WP", "WRB") for token in own if token.dep_ not in SUBJECTS):
                continue
            tokens = sorted({token.i: token for token in (*about, *own)}.values(), key=lambda token: token.i)
            text = "".join(token.text_with_ws for token in tokens).strip()
            subject = ME if not whom else " ".join(sorted(whom))
            yield of_tokens(Note(text, subject), tokens, clause.verb, whom)

    def _whom(self, subject: "Token") -> frozenset[str] | None:
        """Relations and names of whom a subject names; empty for the person themself; None for anything else."""
        words = [token for token in subject.subtree if not _inside(token, subject)]
        named = {token.lower_ for token in words if token.lower_ in self._names or _is_name(token)}
        related = {word for token in words if (word := person_word(token)) in RELATIONS or word in PETS}
        people = frozenset(named | related)
        mine = any(token.lower_ in self._persons for token in words)
        if people and (mine or named):
            self._last = people if named else people | self._self
            return self._last
        if mine:
            return self._self
        if self._last and any(token.lower_ in _TAKING_UP for token in words):
            return self._last
        return None


def _states(clause: Clause) -> bool:
    verbs = {token.i: token for token in (clause.finite, *clause.chain)}.values()
    children = [child for verb in verbs for child in verb.children]
    if clause.modal in _MODALS or any(child.tag_ == "MD" and child.lower_ in _MODALS for child in children):
        return False
    if any(child.dep_ in ("mark", "advmod") and child.lower_ in _CONDITIONS for child in children):
        return False
    return not clause.finite.sent.text.rstrip().endswith("?")


def _is_name(token: "Token") -> bool:
    return token.pos_ == "PROPN" and token.is_alpha and token.text[:1].isupper()


def _inside(token: "Token", top: "Token") -> bool:
    while token.i != top.i:
        if token.dep_ in _ASIDE:
            return True
        token = token.head
    return False
