"""From signals to one score: each signal standardised over everything that the call may see, and added.

Standardised sums keep how much better a hit is than the rest, which reciprocal ranks throw away (evidence @10 on the
development half of LoCoMo: 0.82 against 0.59).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from memos_engine.retrieval.scoring import FloatArray, Signals
from memos_engine.types import Memory, Recalled

_WEIGHTS = {"lexical": 0.5, "dense": 1.0, "lexical_context": 1.0, "dense_context": 1.0, "sitting_context": 0.5}
"""A turn's own words count half: its window's score holds them already, and as most turns have none of a query's words,
those that do stand out far. On LoCoMo anything from 0.3 to 0.7 does as well, 1 finds 0.015 less. That something of the
query was said in the same sitting counts half too, as it holds for many turns (without it 0.01 less)."""

_CONTEXT = "_context"
_JUDGED = 3
"""First hits whose coverage says how much the whole answer is to be trusted."""


@dataclass(frozen=True)
class Ranked:
    """An item in the ranking: cube (its place in the grant), position in the cube's rows, place among the cube's
    candidates, score, and how much of the query it meets by itself."""

    cube: int
    position: int
    candidate: int
    score: float
    own: float


class Ranking:
    """The candidates of all cubes of a grant in one order."""

    def __init__(self, parts: Sequence[Signals]) -> None:
        self._parts = parts
        self._contributions = _standardised(parts)
        self._cubes = np.concatenate([np.full(len(part.positions), number) for number, part in enumerate(parts)])
        self._candidates = np.concatenate([np.arange(len(part.positions)) for part in parts])
        self._positions = np.concatenate([part.positions for part in parts])
        self._own = np.concatenate([part.own for part in parts])
        self._scores = np.concatenate([np.sum(list(parts.values()), axis=0) for parts in self._contributions])

    @property
    def size(self) -> int:
        """How many candidates there are."""
        return len(self._scores)

    def best(self, depth: int) -> list[Ranked]:
        """The first `depth` of the ranking, best first; of equals the older."""
        some = np.arange(self.size)
        if depth < self.size:
            some = np.sort(np.argpartition(-self._scores, depth)[:depth])
        some = some[np.argsort(-self._scores[some], kind="stable")]
        arrays = (self._cubes, self._positions, self._candidates, self._scores, self._own)
        columns = [values[some].tolist() for values in arrays]
        return [Ranked(*entry) for entry in zip(*columns, strict=True)]

    def scored(self, found: Sequence[tuple[Ranked, Memory]]) -> list[Recalled]:
        """Memories with a score in [0, 1] and the parts of the ranking's score.

        The first score says how well the best hits meet the question by words and by meaning (so that an answer can be
        withheld); the others fall from there as their ranking's does.
        """
        if not found:
            return []
        trust = max(self._parts[entry.cube].coverage[entry.candidate] for entry, _ in found[:_JUDGED])
        top = max(found[0][0].score, 1e-9)
        return [
            Recalled(memory, round(float(trust * min(max(entry.score / top, 0.0), 1.0)), 4), self._why(entry))
            for entry, memory in found
        ]

    def _why(self, entry: Ranked) -> dict[str, float]:
        parts = {name: round(float(v[entry.candidate]), 3) for name, v in self._contributions[entry.cube].items()}
        return {name: value for name, value in parts.items() if value}


def _standardised(parts: Sequence[Signals]) -> list[dict[str, FloatArray]]:
    """What each signal adds to the score of each cube's candidates; `context` is the sum of the context signals."""
    contributions: list[dict[str, FloatArray]] = [dict(part.bonus) for part in parts]
    for name, weight in _WEIGHTS.items():
        moments = [part.moments[name] for part in parts]
        count = max(sum(part.count for part in moments), 1.0)
        mean = sum(part.total for part in moments) / count
        spread = math.sqrt(max(sum(part.squares for part in moments) / count - mean * mean, 0.0))
        signal = "context" if name.endswith(_CONTEXT) else name
        for part, contribution in zip(parts, contributions, strict=True):
            raw = part.text[name]
            standard = np.nan_to_num(weight * (raw - mean) / spread) if spread > 1e-9 else np.zeros_like(raw)
            contribution[signal] = contribution[signal] + standard if signal in contribution else standard
    return contributions
