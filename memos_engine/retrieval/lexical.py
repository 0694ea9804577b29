"""Scores by words: BM25 over the full-text index.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from memos_engine.cube import search_index
from memos_engine.retrieval.question import Question
from memos_engine.retrieval.rows import Rows

_MOST_POSTINGS = 20_000
"""Rows that the words of one query may stand in, rarest words first: at 100,000 items the common words are left out."""

_MOST_ROWS = 1_500
"""Rows that are scored. What lies behind them decides nothing."""


@dataclass(frozen=True)
class LexicalScores:
    """BM25 of each of n items, 0 for those without a word of the query."""

    scores: NDArray[np.float64]
    """float64 `[n]`."""
    weight: float
    """What a row of mean length with every word of the query once would score: says how much of the query was met."""


def lexical_scores(session: Session, question: Question, rows: Rows, admitted: NDArray[np.bool_]) -> LexicalScores:
    """Score the admitted items (bool `[n]`) by the words of the question."""
    scores = np.zeros(len(rows))
    found = search_index.frequencies(session, question.words)
    count = max(len(rows), 1)
    weight = sum(_rarity(count, frequency) for frequency in found.values())
    expression = search_index.any_word(_affordable(found))
    if not expression:
        return LexicalScores(scores, weight)
    limit = _MOST_ROWS
    while True:
        matches = search_index.match(session, expression, limit)
        table = np.array(matches, dtype=np.float64).reshape(-1, 2)
        at = rows.positions(table[:, 0].astype(np.int64))
        seen = (at >= 0) & admitted[at] if len(rows) else np.zeros(len(table), dtype=bool)
        if len(matches) < limit or seen.sum() >= _MOST_ROWS // 2:
            break
        # The best rows are mostly ones that may not be seen: look on until enough are found that may.
        limit *= 16
    scores[at[seen]] = -table[seen, 1]
    return LexicalScores(scores, weight)


def _affordable(frequencies: dict[str, int]) -> list[str]:
    kept: list[str] = []
    postings = 0
    for word, frequency in sorted(frequencies.items(), key=lambda entry: entry[1]):
        if not frequency:
            continue
        postings += frequency
        if kept and postings > _MOST_POSTINGS:
            break
        kept.append(word)
    return kept


def _rarity(count: int, frequency: int) -> float:
    """BM25's weight of a word, as FTS5 counts it."""
    return max(math.log((count - frequency + 0.5) / (frequency + 0.5)), 1e-6)
