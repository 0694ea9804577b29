"""From ranked items to entries: one entry a source, and the distilled memory rather than the turn that it came from."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from memos_engine.cube.columns import ItemColumns
from memos_engine.cube.scope import ItemScope
from memos_engine.retrieval.ranking import Ranked

DISTILLED_LEAD = 0.15
"""How much less of a query a memory may meet than its turn and still stand for it: it says the same in fewer words."""


def admits_when(scope: ItemScope, columns: ItemColumns) -> NDArray[np.bool_]:
    """bool `[n]`: what the scope admits whatever its kind: what may stand as context."""
    return replace(scope, kinds=(), include_verbatim=True, excluded_messages=()).admits(columns)


def one_a_source(ranked: Sequence[Ranked], turns_of: Sequence[dict[int, list[int]]]) -> list[Ranked]:
    """Leave out turns for which a memory stands, and memories whose turn stands for them; best first as before.

    `turns_of[cube]` maps a memory's position to those of its turns. The best memory of a turn stands in the turn's
    place unless it meets `DISTILLED_LEAD` less of the query; several memories of one turn are entries of their own.
    """
    best: dict[tuple[int, int], Ranked] = {}
    for entry in ranked:
        for turn in turns_of[entry.cube].get(entry.position, ()):
            best.setdefault((entry.cube, turn), entry)
    kept: list[Ranked] = []
    taken: set[tuple[int, int]] = set()
    for entry in ranked:
        memory = best.get((entry.cube, entry.position))
        if memory is not None and _stands(memory, entry, taken):
            entry = replace(memory, score=entry.score)
        place = (entry.cube, entry.position)
        turns = [(entry.cube, turn) for turn in turns_of[entry.cube].get(entry.position, ())]
        if place not in taken and not (turns and all(turn in taken for turn in turns)):
            taken.add(place)
            kept.append(entry)
    return kept


def _stands(memory: Ranked, turn: Ranked, taken: set[tuple[int, int]]) -> bool:
    return (memory.cube, memory.position) in taken or memory.own + DISTILLED_LEAD >= turn.own
