"""The signals of a cube's items for one question: words and meaning, of item and window, and small bonuses."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from memos_engine.retrieval.cube_index import View
from memos_engine.retrieval.lexical import LexicalScores
from memos_engine.retrieval.question import Question

FloatArray = NDArray[np.float64]

PERSON_WEIGHT = 1.0
DATE_WEIGHT = 3.0
RECENCY_WEIGHT = 0.25
PIN_WEIGHT = 0.5
"""In standard deviations of a text signal, of which a good hit has 10 to 20 in sum: these settle close calls."""

_DATE_DAYS = 7.0
_RECENCY_DAYS = 30.0
_DAY_US = 86_400 * 1_000_000

_NEAREST = 1_000
"""Vectors that the graph is asked for."""

_SAMPLE = 512
"""Items by which the spread of the dense signals is told where not every vector is looked at."""


@dataclass(frozen=True)
class Signals:
    """The signals of n items of one cube, before they are standardised."""

    candidates: NDArray[np.int64]
    """Positions that are ranked."""
    population: NDArray[np.int64]
    """Positions that stand for all that could be: all candidates, or a sample."""
    text: dict[str, FloatArray]
    """`lexical`, `dense`; of the window `lexical_context`, `dense_context`; of the sitting's best turn by words
    `sitting_context`: float64 `[n]`, NaN where an item has none. Dense ones hold for candidates and population only."""
    bonus: dict[str, FloatArray]
    """What is added as it is, float64 `[n]`: `person`, `date`, `recency`, `pinned`."""
    coverage: FloatArray
    """How much of the query each item and its window meet by words and by meaning, in [0, 1]."""


def signals(
    view: View,
    wanted: NDArray[np.bool_],
    visible: NDArray[np.bool_],
    question: Question,
    vector: NDArray[np.float32],
    lexical: LexicalScores,
    moment_us: int,
) -> Signals:
    """Signals of the `wanted` items (bool `[n]`); context comes from the `visible` ones alone.

    `vector` is the query's unit vector, `moment_us` the time that recency counts back from.
    """
    count = len(view.rows)
    everything = np.flatnonzero(wanted)
    seen = np.append(visible, False)
    words = np.append(np.where(visible, lexical.scores, 0.0), 0.0)
    inside = seen[view.windows]
    lexical_context = words[view.windows].sum(axis=1) / np.maximum(inside.sum(axis=1), 1)

    met = np.flatnonzero(words)
    best_of_sitting = np.zeros(2 * count)
    np.maximum.at(best_of_sitting, view.sittings[met], words[met])

    candidates, population = everything, everything
    nearest = _nearest(view, wanted, vector, everything)
    if nearest is None:
        has_vectors = view.matrix.shape[1] == len(vector)
        by_slot = view.matrix @ vector if has_vectors else np.zeros(len(view.matrix))
        cosines = by_slot[view.slots].astype(np.float64)
    else:
        hits = np.union1d(nearest, np.flatnonzero(wanted & (lexical.scores > 0)))
        around = np.unique(view.windows[hits])
        candidates = around[seen[around] & np.append(wanted, False)[around]]
        population = everything[:: max(1, len(everything) // _SAMPLE)]
        needed = np.unique(view.windows[np.union1d(candidates, population)])
        cosines = np.zeros(count + 1)
        cosines[needed] = view.matrix[view.slots[needed]] @ vector
    cosines[-1] = 0.0
    dense_context = (cosines * seen)[view.windows].sum(axis=1) / np.maximum(view.lengths, 1e-6)
    dense = np.where(view.slots[:-1] > 0, cosines[:-1], np.nan)
    dense_context[view.lengths <= 0] = np.nan

    covered = np.minimum(np.maximum(lexical.scores, words[view.windows].max(axis=1)) / max(lexical.weight, 1e-9), 1.0)
    close = np.nan_to_num(np.maximum(dense, dense_context)).clip(0.0, 1.0)
    return Signals(
        candidates,
        population,
        {
            "lexical": lexical.scores,
            "lexical_context": lexical_context,
            "sitting_context": best_of_sitting[view.sittings],
            "dense": dense,
            "dense_context": dense_context,
        },
        _bonus(view, question, moment_us),
        (covered + close) / 2,
    )


def _nearest(
    view: View, wanted: NDArray[np.bool_], vector: NDArray[np.float32], everything: NDArray[np.int64]
) -> NDArray[np.int64] | None:
    """Positions of the wanted items nearest to the query, by the graph; None: look at every vector instead."""
    if view.graph is None or 2 * len(everything) < len(view.rows):
        return None
    rowids = set(view.rows.columns.rowid[everything].tolist()) if len(everything) < len(view.rows) else None
    found = view.graph.nearest(vector, _NEAREST, rowids.__contains__ if rowids is not None else None)
    if not len(found):
        return None
    at = view.rows.positions(found)
    at = np.union1d(at[at >= 0], view.pending)
    return at[wanted[at]]


def _bonus(view: View, question: Question, moment_us: int) -> dict[str, FloatArray]:
    columns = view.rows.columns
    bonus = {"pinned": PIN_WEIGHT * columns.pinned}
    age = np.maximum(moment_us - columns.created, 0) / _DAY_US
    bonus["recency"] = RECENCY_WEIGHT * np.exp(-age / _RECENCY_DAYS)
    named = question.names(view.rows.subjects)
    if named.any():
        bonus["person"] = PERSON_WEIGHT * named[view.rows.subject]
    told, held = question.gaps(columns.created), question.gaps(columns.begins)
    if told is not None and held is not None:
        bonus["date"] = DATE_WEIGHT * np.exp(-np.minimum(told, held) / _DATE_DAYS)
    return {name: values.astype(np.float64) for name, values in bonus.items()}
