"""Whether what was recalled answers a question, by what recall knows of both: evidence beside the model's own.

A small model hardly tells a question that its notes answer from one that they nearly answer. How near in meaning the
nearest note is, and how many of the question's words stand in the notes, tells the two apart in part. `memos bench
abstention` fits how much each of them counts, and the adapter's card keeps it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from memos_engine.inference.opening import Opening
from memos_engine.language.stemming import stem
from memos_engine.lifecycle.wording import content_words

UNKNOWING = "I don't know"
"""How an adapted model begins where its notes are silent (`resources/training/replies.toml`)."""

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Signals:
    """What recall knows of a question and the notes beside it."""

    likeness: float
    """Cosine of the question and the note nearest to it."""
    coverage: float
    """Share of the question's content words that stand in the notes, in any form; 1 where it has none."""

    @classmethod
    def of(
        cls, question: str, notes: Sequence[str], encode: Callable[[Sequence[str]], npt.NDArray[np.float32]]
    ) -> "Signals":
        """Those of a question and at least one note; `encode` gives unit vectors."""
        vectors = encode([question, *notes])
        asked = {stem(word) for word in content_words(question.casefold())}
        held = {stem(word) for note in notes for word in _WORD.findall(note.casefold())}
        return cls(float((vectors[1:] @ vectors[0]).max()), len(asked & held) / len(asked) if asked else 1.0)


@dataclass(frozen=True)
class Weighing:
    """A logistic model of whether a question is answered: log-odds = `bias` + `model` · log-odds that the model gives
    to answering + `likeness` · likeness + `coverage` · coverage."""

    bias: float
    model: float
    likeness: float
    coverage: float

    @classmethod
    def of(cls, card: Mapping[str, float]) -> "Weighing | None":
        """As an adapter's card has it; None where it was not fitted."""
        return cls(**card) if card else None

    def opening(self, signals: Signals) -> Opening:
        """What the signals say for not knowing, in the model's own log-odds."""
        told = self.bias + self.likeness * signals.likeness + self.coverage * signals.coverage
        return Opening(UNKNOWING, -told / self.model)
