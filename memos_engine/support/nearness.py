"""The second opinion: how near in meaning a claim is to what leaves some of its words open."""

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from memos_engine.reader.lexicon import word_class
from memos_engine.support.agreement import Comparison, Finding, holds, items, supporting
from memos_engine.support.equivalents import BEING, FRAME, POSSESSING, UNBEARABLE
from memos_engine.support.known import Known, Text
from memos_engine.support.statements import CALENDAR, Statement, numbers

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
Compared = tuple[Statement, Sequence[Comparison]]

_SAME_WORD = 0.8
"""Cosine from which two words say the same ("dairy", "milk": 0.82; "vegan", "vegetarian": 0.75)."""
_NEAR_WORD = 0.6
"""Cosine from which they may ("holiday", "vacation": 0.64; "piano", "violin": 0.53)."""
_SAME = 0.8
"""Cosine of two notes from which they say the same, where no name that both hold makes them alike."""
_NEAR = 0.55
"""Cosine from which they may, where their predicates are different words."""
_UNSURE = word_class("would might may could should perhaps maybe almost nearly")
"""Words that claim nothing for sure."""
_SEVERAL = 2
"""Names that hardly come together by chance: each may stand in a memory of its own."""
_WORD = re.compile(r"[^\W_]+")
_NEAR_NAMED = 0.85
"""The same where both hold one name, which alone makes them alike ("Lives in Ghent", "Born in Ghent": 0.80)."""
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_AUXILIARIES = word_class("do does did is are am was were can could would will should shall have has had may might")
_ASKING = word_class("what where when who whom whose which why how")
_OF_PLACES = frozenset(("birthplace", "residence", "employer"))
"""Attributes with values of one sort: that a note holds a place does not make it say that one was born there."""
_LIGHT = BEING | POSSESSING
_MOST_PARTS = 40


class Nearness:
    """Decides on claims: which memories support them, and whether nothing does."""

    def __init__(self, encode: Encode, claims: Sequence[Compared], known: Known) -> None:
        self._known = known
        told = [[part for part in _SENTENCE.findall(turn) if _tells(part)] for turn in known.turns]
        self._told = [part for parts in told for part in parts]
        self._texts = [*known.texts, *(Text.of(None, " ".join(parts), is_verbatim=True) for parts in told if parts)]
        self._is_sum = bool(known.turns) and bool(numbers(known.turns[-1]))
        """The question holds numbers: those of the reply may be reckoned from them."""
        self._parts = self._told[-_MOST_PARTS:]
        self._vectors: dict[str, NDArray[np.float32]] = {}
        ordered = list(self._needed(claims))
        if ordered:
            self._vectors = dict(zip(ordered, encode(ordered), strict=True))

    def _needed(self, claims: Sequence[Compared]) -> set[str]:
        """The words and texts whose nearness decides: those of claims that no words decide, and of what is open."""
        texts: set[str] = set()
        for claim, found in claims:
            if supporting(claim, found)[0]:
                continue
            texts |= {claim.note.text, claim.predicate, *claim.words, *self._parts}
            for said, one in zip(self._known.statements, found, strict=True):
                if one.finding in (Finding.OPEN, Finding.PART) and not one.odd:
                    texts |= {said.predicate, *said.words} | (set() if one.same else {said.note.text})
        return texts

    def supporters(self, claim: Statement, found: Sequence[Comparison]) -> dict[str, float]:
        """The memories that support a claim, and how surely (0–1)."""
        places, score = supporting(claim, found)
        if places:
            return self._owned(places, score)
        return self._owned([place for place, one in enumerate(found) if self._is_same(claim, place, one)], 0.8)

    def is_alone(self, claim: Statement, found: Sequence[Comparison]) -> bool:
        """Whether nothing that is known supports a claim, nor may: no memory, and nothing that the person said."""
        if supporting(claim, found)[0]:
            return False
        if (claim.numbers or claim.note.when) and self._is_sum:
            return False
        able = claim.note.text.startswith("Can ") and not claim.denied
        if able or claim.aspect & _UNSURE or not (items(claim) or claim.called or claim.predicate not in FRAME):
            return False
        if any(self._may_say(claim, place, one) for place, one in enumerate(found)):
            return False
        if any(self._cosine(claim.note.text, part) >= _NEAR for part in self._parts):
            return False
        if any(self._may_hold(claim, text, self._explained(claim, text, found)) for text in self._texts):
            return False
        return not (self._are_held(claim.names, _SEVERAL) or self._are_held(claim.words, 2 * _SEVERAL))

    def _are_held(self, words: frozenset[str], least: int) -> bool:
        """Whether so many words, and all of them, stand in what is known, if in a text each."""
        return len(words) >= least and all(any(holds(text.stems, word) for text in self._texts) for word in words)

    def _is_same(self, claim: Statement, place: int, one: Comparison) -> bool:
        said = self._known.statements[place]
        if one.finding not in (Finding.OPEN, Finding.PART) or one.odd or claim.denied != said.denied:
            return False
        left = items(claim) - one.told
        if one.same:
            return bool(left) and all(self._word(word, said) >= _SAME_WORD for word in left)
        named = bool(claim.names & one.told or claim.called & said.called)
        return not named and self._cosine(claim.note.text, said.note.text) >= _SAME

    def _may_say(self, claim: Statement, place: int, one: Comparison) -> bool:
        if one.finding not in (Finding.OPEN, Finding.PART) or one.odd:
            return False
        said = self._known.statements[place]
        left = items(claim) - one.told
        if all(self._word(word, said) >= _NEAR_WORD for word in (left if one.same else {*left, claim.predicate})):
            return True
        named = bool(claim.names & one.told or claim.called & said.called)
        return not one.same and self._cosine(claim.note.text, said.note.text) >= (_NEAR_NAMED if named else _NEAR)

    def _explained(self, claim: Statement, text: Text, found: Sequence[Comparison]) -> set[str]:
        """What a memory holds of a claim in statements that say something else."""
        explained: set[str] = set()
        for owner, one in zip(self._known.owners, found, strict=True):
            odd = one.finding is Finding.AT_ODDS or one.odd or (one.same and claim.predicate not in _LIGHT)
            unsure = one.turned and text.is_verbatim
            if owner is not None and owner == text.owner and odd and not unsure:
                explained |= one.told
        return explained

    @staticmethod
    def _may_hold(claim: Statement, text: Text, explained: set[str]) -> bool:
        """Whether most of a claim's words stand in a text: it may say the claim in a way that was not read."""
        wanted = claim.words - UNBEARABLE or claim.words or {claim.predicate}
        exact = (claim.names | claim.called) - CALENDAR
        held = {word for word in wanted | exact if holds(text.stems, word)} | (claim.numbers & text.figures)
        if not text.english and not exact | claim.numbers:
            return True
        if (exact | claim.numbers) and not (exact | claim.numbers) <= held:
            return False
        if not text.english:
            return True
        if claim.note.slot in _OF_PLACES and not text.is_verbatim:
            return False
        if (exact - claim.called | claim.numbers) - explained and text.is_verbatim:
            return True
        most = 2 * len(held & (wanted | claim.numbers)) - len(wanted | claim.numbers)
        return bool(held - explained - claim.called) and (most > 0 or (most == 0 and not held <= exact | claim.numbers))

    def _owned(self, places: Sequence[int], score: float) -> dict[str, float]:
        owners = (self._known.owners[place] for place in places)
        return {owner: score for owner in owners if owner is not None}

    def _word(self, word: str, said: Statement) -> float:
        """How near a word is to the nearest one of a statement."""
        there = {*said.words, said.predicate}
        return max((self._cosine(word, other) for other in there if word in self._vectors), default=0.0)

    def _cosine(self, one: str, other: str) -> float:
        return float(self._vectors[one] @ self._vectors[other])


def _tells(part: str) -> bool:
    """Whether a sentence of the person's tells something: a question holds the words of what is not so."""
    words = _WORD.findall(part.casefold())
    if not words or part.rstrip().endswith("?") or words[0] in _AUXILIARIES:
        return False
    return words[0] not in _ASKING or not set(words[1:4]) & _AUXILIARIES
