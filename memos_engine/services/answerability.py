"""Whether what was recalled answers a question: evidence beside the model's own.

A small model hardly tells a question that its notes answer from one that they nearly answer. Three things tell the two
apart in part: how near the notes are to the question, what the model itself would give for not knowing, and whether the
answer that it drafts brings anything from the notes. `memos bench abstention` fits how much each counts, and the
adapter's card keeps it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields

from memos_engine.inference.fallback import Fallback
from memos_engine.inference.prompt import Note
from memos_engine.language.stemming import stem
from memos_engine.lifecycle.wording import content_words
from memos_engine.support.nearness import Encode

UNKNOWING = "I don't know"
"""How an adapted model begins where its notes are silent (`resources/training/replies.toml`)."""

_WORD = re.compile(r"[^\W_]+")
_CONTRACTED = re.compile(r"(?:n['’]t|['’](?:re|s|ve|d|ll|m))\b")
_TELLING = frozenset(["say", "said", "tell", "told", "mention", "mentioned", "know"])
_YES_OR_NO = re.compile(r"(?:yes|no)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Signals:
    """What is known of a question, the notes beside it, and an answer that was drafted from them."""

    likeness: float
    """Cosine of the question and the note nearest to it."""
    coverage: float
    """Share of the question's content words that stand in the notes, in any form; 1 where it has none."""
    grounded: float
    """Share of the words that the answer says beyond the question that stand in the notes; 1 for yes and no."""


class Evidence:
    """A question and at least one note, for which answers are drafted."""

    def __init__(self, question: str, notes: Sequence[Note], encode: Encode) -> None:
        vectors = encode([question, *(note.text for note in notes)])
        self._likeness = float((vectors[1:] @ vectors[0]).max())
        self._asked = _said(question)
        self._held = _stems(word for note in notes for word in _WORD.findall(f"{note.text} {note.when}".casefold()))

    def signals(self, answer: str) -> Signals:
        """Those of an answer, as far as its first sentence."""
        added = _said(answer) - self._asked
        decides = _YES_OR_NO.match(answer) is not None
        return Signals(
            likeness=self._likeness,
            coverage=len(self._asked & self._held) / len(self._asked) if self._asked else 1.0,
            grounded=1.0 if decides else len(added & self._held) / len(added) if added else 0.0,
        )


@dataclass(frozen=True)
class Weighing:
    """A logistic model of whether a question is answered: its log odds are `bias` + `model` · the log odds that the
    model gives to answering + each signal times its weight."""

    bias: float
    model: float
    likeness: float
    coverage: float
    grounded: float

    @classmethod
    def of(cls, card: Mapping[str, float]) -> "Weighing | None":
        """As an adapter's card has it; None where it was not fitted, or to other signals."""
        return cls(**card) if card.keys() == {field.name for field in fields(cls)} else None

    def odds(self, answering: float, signals: Signals) -> float:
        """The log odds (natural) of a drafted answer, `answering` being those of the model."""
        bias, *weights = astuple(self)
        values = (answering, *astuple(signals))
        return float(bias + sum(weight * value for weight, value in zip(weights, values, strict=True)))

    def fallback(self, evidence: Evidence) -> Fallback:
        """Not knowing, where an answer is the less likely one."""
        return Fallback(UNKNOWING, lambda odds, answer: self.odds(odds, evidence.signals(answer)) > 0)


def _stems(words: Iterable[str]) -> set[str]:
    return {stem(word) for word in words}


def _said(text: str) -> set[str]:
    """What a question or an answer is about, without the words that only tell that something was said."""
    words = content_words(_CONTRACTED.sub(" ", text.casefold()))
    return _stems(word for word in words if word not in _TELLING)
