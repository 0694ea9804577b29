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

_HITS = 500
"""Best items by meaning and by words from which a large cube's candidates come, with the items around them."""

_SAMPLE = 512
"""Items by which the spread of a signal is told where not every vector is looked at."""


@dataclass(frozen=True)
class Moments:
    """Of one signal over all that could be found: how many, their sum, the sum of their squares."""

    count: float
    total: float
    squares: float

    @classmethod
    def of(cls, values: FloatArray, count: int | None = None) -> "Moments":
        """Of these values (NaN left out), standing for `count` items (None: for as many as they are)."""
        known = values[~np.isnan(values)]
        scale = 1.0 if count is None or not len(known) else count / len(known)
        return cls(scale * len(known), scale * float(known.sum()), scale * float(known @ known))


@dataclass(frozen=True)
class Signals:
    """The signals of the k candidates of one cube, before they are standardised."""

    positions: NDArray[np.int64]
    text: dict[str, FloatArray]
    """`lexical`, `dense`; of the window `lexical_context`, `dense_context`; of the sitting's best turn by words
    `sitting_context`: float64 `[k]`, NaN where an item has none."""
    moments: dict[str, Moments]
    """Of each text signal."""
    bonus: dict[str, FloatArray]
    """What is added as it is, float64 `[k]`: `person`, `date`, `recency`, `pinned`."""
    coverage: FloatArray
    """How much of the query each item and its window meet by words and by meaning, float64 `[k]` in [0, 1]."""
    own: FloatArray
    """The same of the item alone."""


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
    everything = np.flatnonzero(wanted)
    seen = np.append(visible, False)
    words = np.append(np.where(visible, lexical.scores, 0.0), 0.0)
    candidates = _near_hits(view, wanted, seen, vector, words, everything)
    if candidates is None:
        text = _text_signals(view, everything, seen, words, vector, look_at_all=True)
        moments = {name: Moments.of(values) for name, values in text.items()}
        candidates = everything
    else:
        sample = everything[:: max(1, len(everything) // _SAMPLE)]
        both = _text_signals(view, np.concatenate([candidates, sample]), seen, words, vector, look_at_all=False)
        text = {name: values[: len(candidates)] for name, values in both.items()}
        moments = {name: Moments.of(values[len(candidates) :], len(everything)) for name, values in both.items()}
        # Too few items have the query's words for a sample to tell; all that have them are known.
        met = lexical.scores[np.flatnonzero(wanted & (lexical.scores > 0))]
        moments["lexical"] = Moments(len(everything), float(met.sum()), float(met @ met))
    around = np.maximum(text["lexical"], words[view.windows[candidates]].max(axis=1))
    return Signals(
        candidates,
        text,
        moments,
        _bonus(view, candidates, question, moment_us),
        coverage=_met(around, lexical.weight, np.fmax(text["dense"], text["dense_context"])),
        own=_met(text["lexical"], lexical.weight, text["dense"]),
    )


def _met(words: FloatArray, weight: float, cosines: FloatArray) -> FloatArray:
    """How much of a query is met, half by words and half by meaning: float64 in [0, 1]."""
    met: FloatArray = (np.minimum(words / max(weight, 1e-9), 1.0) + np.nan_to_num(cosines).clip(0.0, 1.0)) / 2
    return met


def _text_signals(
    view: View,
    rows: NDArray[np.int64],
    seen: NDArray[np.bool_],
    words: FloatArray,
    vector: NDArray[np.float32],
    *,
    look_at_all: bool,
) -> dict[str, FloatArray]:
    """The text signals of the items at `rows`; `seen` and `words` (each `[n + 1]`) are of all items."""
    window = view.windows[rows]
    met = np.flatnonzero(words)
    best_of_sitting = np.zeros(2 * len(view.rows))
    np.maximum.at(best_of_sitting, view.sittings[met], words[met])
    if view.matrix.shape[1] != len(vector):
        cosines = np.zeros(len(view.slots))
    elif look_at_all:
        cosines = (view.matrix @ vector)[view.slots].astype(np.float64)
    else:
        needed = np.unique(window)
        cosines = np.zeros(len(view.slots))
        cosines[needed] = view.matrix[view.slots[needed]] @ vector
    around = np.where(seen, cosines, 0.0)
    dense = np.where(view.slots[rows] > 0, cosines[rows], np.nan)
    lengths = view.lengths[rows]
    return {
        "lexical": words[rows],
        "lexical_context": words[window].sum(axis=1) / np.maximum(seen[window].sum(axis=1), 1),
        "sitting_context": best_of_sitting[view.sittings[rows]],
        "dense": dense,
        "dense_context": np.where(lengths > 0, around[window].sum(axis=1) / np.maximum(lengths, 1e-6), np.nan),
    }


def _near_hits(
    view: View,
    wanted: NDArray[np.bool_],
    seen: NDArray[np.bool_],
    vector: NDArray[np.float32],
    words: FloatArray,
    everything: NDArray[np.int64],
) -> NDArray[np.int64] | None:
    """Positions of the wanted items nearest to the query by the graph and best by words, and of those around them.

    None where there is no graph, or where so few items are wanted that looking at each is as fast.
    """
    if view.graph is None or 2 * len(everything) < len(view.rows):
        return None
    rowids = set(view.rows.columns.rowid[everything].tolist()) if len(everything) < len(view.rows) else None
    found = view.graph.nearest(vector, _HITS, rowids.__contains__ if rowids is not None else None)
    if not len(found):
        return None
    nearest = view.rows.positions(found)
    met = np.flatnonzero(words[:-1])
    best = met[np.argsort(-words[met], kind="stable")[:_HITS]]
    around = np.unique(view.windows[np.concatenate([nearest[nearest >= 0], view.pending, best])])
    candidates: NDArray[np.int64] = around[np.append(wanted, False)[around] & seen[around]].astype(np.int64)
    return candidates


def _bonus(view: View, rows: NDArray[np.int64], question: Question, moment_us: int) -> dict[str, FloatArray]:
    columns = view.rows.columns
    created = columns.created[rows]
    age = np.maximum(moment_us - created, 0) / _DAY_US
    bonus = {"pinned": PIN_WEIGHT * columns.pinned[rows], "recency": RECENCY_WEIGHT * np.exp(-age / _RECENCY_DAYS)}
    named = question.names(view.rows.subjects)
    if named.any():
        bonus["person"] = PERSON_WEIGHT * named[view.rows.subject[rows]]
    told, held = question.gaps(created), question.gaps(columns.begins[rows])
    if told is not None and held is not None:
        bonus["date"] = DATE_WEIGHT * np.exp(-np.minimum(told, held) / _DATE_DAYS)
    return {name: values.astype(np.float64) for name, values in bonus.items()}
