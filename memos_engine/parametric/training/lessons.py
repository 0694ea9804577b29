"""The corpus as packs, one for each number, always the same one."""

import random
from collections.abc import Sequence

from memos_engine.parametric.shapes import Context
from memos_engine.parametric.training.packing import Packed, Question, Tokeniser, pack

_LONGEST = 1_280
"""Tokens of a pack, since attention grows with the square: questions beyond them are left out."""


class Lessons:
    """Packs of `contexts`, again and again in the same order; in a share `isolated` of them the notes do not see one
    another."""

    def __init__(self, contexts: Sequence[Context], tokeniser: Tokeniser, *, isolated: float, seed: int) -> None:
        self._contexts = contexts
        self._tokeniser = tokeniser
        self._isolated = isolated
        self._seed = seed

    def __call__(self, number: int) -> Packed:
        """The pack of that number. A context that comes again has its questions and notes in view the other way."""
        context = self._contexts[number % len(self._contexts)]
        chance = random.Random(f"{self._seed}:{number}")
        questions = [Question(context.parts(question), question.answer) for question in context.questions]
        chance.shuffle(questions)
        isolated = chance.random() < self._isolated
        packed = pack(questions, self._tokeniser, isolated=isolated)
        while len(packed.tokens) > _LONGEST and len(questions) > 1:
            questions.pop()
            packed = pack(questions, self._tokeniser, isolated=isolated)
        return packed
